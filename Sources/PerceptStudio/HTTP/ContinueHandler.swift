import HTTPTypes
import NIOCore
import NIOHTTPTypes

/// Tells clients that ask before they send a large body to go on: without an answer curl waits for a second. A body that is
/// too large by its own account gets no such answer; its refusal follows.
final class ContinueHandler: ChannelInboundHandler, RemovableChannelHandler {
  typealias InboundIn = HTTPRequestPart
  typealias InboundOut = HTTPRequestPart
  typealias OutboundOut = HTTPResponsePart

  private let largestBody: Int

  init(largestBody: Int) { self.largestBody = largestBody }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    if case .head(let head) = unwrapInboundIn(data), head.headerFields[.expect]?.lowercased() == "100-continue",
      head.headerFields[.contentLength].flatMap(Int.init) ?? 0 <= largestBody
    {
      context.writeAndFlush(wrapOutboundOut(.head(HTTPResponse(status: .continue))), promise: nil)
    }
    context.fireChannelRead(data)
  }
}
