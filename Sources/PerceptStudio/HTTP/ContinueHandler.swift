import HTTPTypes
import NIOCore
import NIOHTTPTypes

/// Tells clients that ask before they send a large body to go on: without an answer curl waits for a second. A body that is
/// too large by its own account, or whose sender is not admitted, gets no such answer; its refusal follows.
final class ContinueHandler: ChannelInboundHandler, RemovableChannelHandler {
  typealias InboundIn = HTTPRequestPart
  typealias InboundOut = HTTPRequestPart
  typealias OutboundOut = HTTPResponsePart

  private let largestBody: Int
  private let admits: (HTTPFields) -> Bool

  init(largestBody: Int, admits: @escaping (HTTPFields) -> Bool) {
    (self.largestBody, self.admits) = (largestBody, admits)
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    if case .head(let head) = unwrapInboundIn(data), head.headerFields[.expect]?.lowercased() == "100-continue",
      head.headerFields[.contentLength].flatMap(Int.init) ?? 0 <= largestBody, admits(head.headerFields)
    {
      context.writeAndFlush(wrapOutboundOut(.head(HTTPResponse(status: .continue))), promise: nil)
    }
    context.fireChannelRead(data)
  }
}
