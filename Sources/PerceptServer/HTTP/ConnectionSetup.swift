package import HTTPTypes
import Hummingbird
package import HummingbirdCore
package import Logging
package import NIOCore
import NIOHTTPTypesHTTP1

/// Hummingbird's HTTP/1 channel with the limits of a server. A request is canceled if its connection is closed.
package struct ConnectionSetup: ServerChildChannel {
  package typealias Respond = @Sendable (Request, any Channel) async -> Response

  private let http: HTTP1Channel

  /// `admitsBody` says whether to answer `Expect: 100-continue` with 100. If not, `respond` must refuse the request.
  package init(
    limits: ServerLimits, tracker: ConnectionTracker,
    refuse: @escaping @Sendable (RequestError, any Channel) -> Response,
    admitsBody: @escaping @Sendable (HTTPRequest) -> Bool, respond: @escaping Respond
  ) {
    http = HTTP1Channel(
      responder: { request, writer, channel in
        // Without this response, curl waits for a second.
        if request.headers[.expect]?.lowercased() == "100-continue", admitsBody(request.head) {
          try await writer.writeInformationalHead(HTTPResponse(status: .continue))
        }
        let response = await respond(request, channel)
        try await writer.write(response: response.head, body: response.body)
      },
      configuration: .init(
        additionalChannelHandlers: [ConnectionTimeoutHandler(limits: limits, tracker: tracker, refuse: refuse)],
        httpDecoderConfiguration: .init(
          maxHeaderFieldSize: 16 << 10, maxHeaderListSize: 32 << 10, maxHeaderFieldCount: 100)))
  }

  package func setup(channel: any Channel, logger: Logger) -> EventLoopFuture<AcceptedConnection> {
    http.setup(channel: channel, logger: logger).map(AcceptedConnection.init).flatMapThrowing { connection in
      let pipeline = channel.pipeline.syncOperations
      let codec = try pipeline.context(handlerType: HTTP1ToHTTPServerCodec.self).handler
      try pipeline.addHandler(RequestHeadValidator(), position: .before(codec))
      // Bounds the requests that are parsed in one turn of the event loop, when a client sends many at once.
      try channel.syncOptions?.setOption(.maxMessagesPerRead, value: 1)
      return connection
    }
  }

  package func handle(value: AcceptedConnection, logger: Logger) async {
    let task = Task { await http.handle(value: value.take(), logger: logger) }
    value.channel.closeFuture.whenComplete { _ in task.cancel() }
    await withTaskCancellationHandler {
      await task.value
    } onCancel: {
      value.channel.close(promise: nil)
    }
  }
}
