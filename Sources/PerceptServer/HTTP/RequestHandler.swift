import HTTPTypes
package import Hummingbird
package import NIOCore
package import NIOHTTPTypes

/// Answers the requests of one connection, one at a time, on the connection's event loop. A body that arrives together
/// with its head, as most do, is passed on as one buffer. A longer body is streamed with backpressure: the connection
/// is read no faster than the body is consumed.
package final class RequestHandler: ChannelDuplexHandler {
  package typealias InboundIn = HTTPRequestPart
  package typealias OutboundIn = HTTPResponsePart
  package typealias OutboundOut = HTTPResponsePart
  package typealias Respond = @Sendable (Request, Connection) async -> Response

  private enum State {
    case idle
    /// The head has arrived, and perhaps part of the body.
    case arriving(HTTPRequest, ByteBuffer)
    /// The request is being answered while its body is still arriving.
    case reading(BodyStream)
    /// The request is being answered, and its body is complete.
    case answering
    /// The request is answered, and the rest of its body is discarded.
    case skipping
  }

  private let admitsBody: (HTTPRequest) -> Bool
  private let respond: Respond
  private let executor: LoopExecutor
  private let connection: Connection
  private var state = State.idle
  /// The parts that arrived while a request was being answered.
  private var queue = CircularBuffer<HTTPRequestPart>()
  /// The error of the last request in the queue.
  private var queuedError: (any Error)?
  /// Whether a pending read was held back.
  private var wantsRead = false
  private var inputIsClosed = false
  /// Completes when the last response so far is written to the socket.
  private var lastResponse: EventLoopFuture<Void>?
  private var task: Task<Void, Never>?

  /// `admitsBody` says whether to answer `Expect: 100-continue` with 100. If not, `respond` must refuse the request.
  package init(
    _ channel: any Channel, admitsBody: @escaping (HTTPRequest) -> Bool, respond: @escaping Respond
  ) {
    (executor, connection) = (LoopExecutor(channel.eventLoop), Connection(channel))
    (self.admitsBody, self.respond) = (admitsBody, respond)
  }

  package func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    queue.append(unwrapInboundIn(data))
    takeQueued(context)
  }

  private func takeQueued(_ context: ChannelHandlerContext) {
    while let part = queue.first, take(part, context) { queue.removeFirst() }
  }

  /// Processes a part if the state allows it, and returns whether it did. The next request waits until the previous
  /// response is made and mostly read by the client.
  private func take(_ part: HTTPRequestPart, _ context: ChannelHandlerContext) -> Bool {
    switch (state, part) {
    case (.answering, _): return false
    case (_, .head) where !context.channel.isWritable: return false
    case (_, .head(let head)): state = .arriving(head, ByteBuffer())
    case (.arriving(let head, var body), .body(var part)):
      if body.readableBytes == 0 { body = part } else { body.writeBuffer(&part) }
      state = .arriving(head, body)
    case (.arriving(let head, let body), .end):
      state = .answering
      answer(Request(head: head, body: RequestBody(buffer: body)), context)
    case (.reading(let body), .body(let part)): body.yield(part)
    case (.reading(let body), .end):
      body.finish()
      state = .answering
    case (.skipping, .end): state = .idle
    case (.idle, _), (.skipping, _): break
    }
    return true
  }

  package func channelReadComplete(context: ChannelHandlerContext) {
    answerArriving(context)
    context.fireChannelReadComplete()
  }

  /// Starts to answer a request whose body did not arrive together with its head.
  private func answerArriving(_ context: ChannelHandlerContext) {
    guard case .arriving(let head, let part) = state else { return }
    let (body, parts) = BodyStream.make(on: context.eventLoop) { [self] in readIfPossible(context) }
    if part.readableBytes > 0 { body.yield(part) }
    state = .reading(body)
    // Without this response, curl waits for a second.
    if head.headerFields[.expect]?.lowercased() == "100-continue", admitsBody(head) {
      context.writeAndFlush(wrapOutboundOut(.head(HTTPResponse(status: .continue))), promise: nil)
    }
    // Writing may have closed the connection.
    guard case .reading = state else { return }
    answer(Request(head: head, body: RequestBody(asyncSequence: parts)), context)
  }

  private func answer(_ request: Request, _ context: ChannelHandlerContext) {
    let handler = NIOLoopBound((self, context), eventLoop: context.eventLoop)
    let (respond, connection, channel) = (respond, connection, context.channel)
    task = Task(executorPreference: executor) {
      var response = await respond(request, connection)
      response.headers[.date] = Timestamp.header()
      let writer = ResponseWriter(channel: channel, isWhole: response.body.contentLength != nil)
      do {
        try await writer.begin(response.head)
        try await response.body.write(writer)
        handler.value.0.answered(handler.value.1)
      } catch {
        channel.close(promise: nil)
      }
    }
  }

  private func answered(_ context: ChannelHandlerContext) {
    task = nil
    if case .reading(let body) = state {
      body.finish()
      state = .skipping
    } else {
      state = .idle
    }
    resume(context)
  }

  package func channelWritabilityChanged(context: ChannelHandlerContext) {
    resume(context)
    context.fireChannelWritabilityChanged()
  }

  private func resume(_ context: ChannelHandlerContext) {
    takeQueued(context)
    answerArriving(context)
    if queue.isEmpty, let error = queuedError.take() { fail(error, context) }
    closeIfOver(context)
    readIfPossible(context)
  }

  /// Closes the connection if the client has closed its side and all its requests are answered and written.
  private func closeIfOver(_ context: ChannelHandlerContext) {
    guard inputIsClosed, queue.isEmpty, case .idle = state else { return }
    guard let lastResponse else { return context.close(promise: nil) }
    lastResponse.assumeIsolated().whenComplete { _ in context.close(promise: nil) }
  }

  package func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
    guard case .end = unwrapOutboundIn(data) else { return context.write(data, promise: promise) }
    let written = promise ?? context.eventLoop.makePromise()
    lastResponse = written.futureResult
    context.write(data, promise: written)
  }

  package func read(context: ChannelHandlerContext) {
    wantsRead = true
    readIfPossible(context)
  }

  private func readIfPossible(_ context: ChannelHandlerContext) {
    guard wantsRead, queue.isEmpty else { return }
    if case .reading(let body) = state, body.isFull { return }
    wantsRead = false
    context.read()
  }

  package func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
    if case ChannelEvent.inputClosed = event {
      inputIsClosed = true
      closeIfOver(context)
    }
    context.fireUserInboundEventTriggered(event)
  }

  package func errorCaught(context: ChannelHandlerContext, error: any Error) {
    answerArriving(context)
    if queue.isEmpty { fail(error, context) } else { queuedError = error }
  }

  private func fail(_ error: any Error, _ context: ChannelHandlerContext) {
    if case .reading(let body) = state { body.finish(error) } else { context.close(promise: nil) }
  }

  package func channelInactive(context: ChannelHandlerContext) {
    if case .reading(let body) = state {
      body.finish(ChannelError.inputClosed)
      state = .skipping
    }
    queue.removeAll()
    task?.cancel()
    context.fireChannelInactive()
  }
}

/// Writes a response: a complete one with a single flush, a streamed one part by part with backpressure.
private struct ResponseWriter: ResponseBodyWriter {
  let channel: any Channel
  let isWhole: Bool

  func begin(_ head: HTTPResponse) async throws { try await send(.head(head)) }

  func write(_ part: ByteBuffer) async throws { try await send(.body(part)) }

  /// Flushes each part of a streamed response at once, including the head, because the client waits for it.
  private func send(_ part: HTTPResponsePart) async throws {
    if isWhole { channel.write(part, promise: nil) } else { try await channel.writeAndFlush(part).get() }
  }

  func finish(_ trailers: HTTPFields?) async throws {
    channel.writeAndFlush(HTTPResponsePart.end(trailers), promise: nil)
  }
}
