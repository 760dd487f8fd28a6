import HTTPTypes
import HummingbirdCore
import Logging
import NIOCore
import NIOHTTP1
import NIOHTTPTypesHTTP1

/// Configures the channel pipeline of a connection for HTTP/1.1. All handlers run on the connection's event loop.
struct ConnectionSetup: ServerChildChannel {
  struct Value: ServerChildChannelValue {
    let channel: any Channel
  }

  let limits: ServerLimits
  let tracker: ConnectionTracker
  let log: RequestLog?
  let admits: @Sendable (HTTPFields) -> Bool
  let respond: RequestHandler.Respond

  func setup(channel: any Channel, logger: Logger) -> EventLoopFuture<Value> {
    channel.eventLoop.makeCompletedFuture {
      var headers = NIOHTTPDecoderLimitConfiguration()
      (headers.maxHeaderFieldSize, headers.maxHeaderListSize, headers.maxHeaderFieldCount) = (16 << 10, 32 << 10, 100)
      let pipeline = channel.pipeline.syncOperations
      try pipeline.configureHTTPServerPipeline(
        withPipeliningAssistance: false, withErrorHandling: false, withOutboundHeaderValidation: false,
        withEncoderConfiguration: .init(), withDecoderLimitConfiguration: headers)
      try pipeline.addHandlers(
        HTTP1ToHTTPServerCodec(secure: false), ConnectionTimeoutHandler(limits: limits, tracker: tracker, log: log),
        RequestHandler(channel, admitsBody: admitsBody, respond: respond))
      return Value(channel: channel)
    }
  }

  private func admitsBody(of head: HTTPRequest) -> Bool {
    head.headerFields[.contentLength].flatMap(Int.init) ?? 0 <= limits.bodyBytes && admits(head.headerFields)
  }

  func handle(value: Value, logger: Logger) async {
    await withTaskCancellationHandler {
      try? await value.channel.closeFuture.get()
    } onCancel: {
      value.channel.close(promise: nil)
    }
  }
}
