import HTTPTypes
package import Hummingbird
package import NIOCore
package import NIOHTTPTypes

/// Answers the requests of one connection, one after the other, on the thread that reads and writes it.
///
/// A body that came along with its head is handed over whole, as most are; a longer one is read no faster than it is taken.
package final class RequestHandler: ChannelDuplexHandler {
  package typealias InboundIn = HTTPRequestPart
  package typealias OutboundIn = HTTPResponsePart
  package typealias OutboundOut = HTTPResponsePart
  package typealias Respond = @Sendable (Request, Connection) async -> Response

  private enum State {
    case idle
    /// A head has come, and perhaps some of its body.
    case arriving(HTTPRequest, ByteBuffer)
    /// It is being answered while its body still comes.
    case reading(BodyStream)
    /// It is being answered, and has come whole.
    case answering
    /// It is answered, and the rest of its body is dropped.
    case skipping
  }

  private let admitsBody: (HTTPRequest) -> Bool
  private let respond: Respond
  private let executor: LoopExecutor
  private let connection: Connection
  private var state = State.idle
  /// What came while a request was being answered.
  private var queue = CircularBuffer<HTTPRequestPart>()
  /// What went wrong with the last request in the queue.
  private var queuedError: (any Error)?
  /// Whether reading on was asked for while it was held back.
  private var wantsRead = false
  /// Whether the client says no more.
  private var inputIsClosed = false
  /// Completes when the last answer so far is handed to the system.
  private var lastAnswer: EventLoopFuture<Void>?
  private var task: Task<Void, Never>?

  /// - Parameters:
  ///   - channel: the connection.
  ///   - admitsBody: whether a client that asks before it sends a body is told to go on; else its refusal must follow.
  ///   - respond: makes the answer to a request.
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

  /// Whether a part is taken. The next request waits for the answer before it, and until its client has taken most of that.
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

  /// Begins with a request whose body does not come along.
  private func answerArriving(_ context: ChannelHandlerContext) {
    guard case .arriving(let head, let part) = state else { return }
    let (body, parts) = BodyStream.make(on: context.eventLoop) { [self] in readOn(context) }
    if part.readableBytes > 0 { body.yield(part) }
    state = .reading(body)
    // Without an answer to this curl waits for a second.
    if head.headerFields[.expect]?.lowercased() == "100-continue", admitsBody(head) {
      context.writeAndFlush(wrapOutboundOut(.head(HTTPResponse(status: .continue))), promise: nil)
    }
    // Writing may have ended the connection.
    guard case .reading = state else { return }
    answer(Request(head: head, body: RequestBody(asyncSequence: parts)), context)
  }

  private func answer(_ request: Request, _ context: ChannelHandlerContext) {
    let handler = NIOLoopBound((self, context), eventLoop: context.eventLoop)
    let (respond, connection, channel) = (respond, connection, context.channel)
    task = Task(executorPreference: executor) {
      var response = await respond(request, connection)
      response.headers[.date] = Timestamp.header()
      let writer = AnswerWriter(channel: channel, isWhole: response.body.contentLength != nil)
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
    goOn(context)
  }

  package func channelWritabilityChanged(context: ChannelHandlerContext) {
    goOn(context)
    context.fireChannelWritabilityChanged()
  }

  /// Goes on with what has waited.
  private func goOn(_ context: ChannelHandlerContext) {
    takeQueued(context)
    answerArriving(context)
    if queue.isEmpty, let error = queuedError.take() { fail(error, context) }
    closeIfOver(context)
    readOn(context)
  }

  /// Closes where nothing more is asked, once all is out that was answered.
  private func closeIfOver(_ context: ChannelHandlerContext) {
    guard inputIsClosed, queue.isEmpty, case .idle = state else { return }
    guard let lastAnswer else { return context.close(promise: nil) }
    lastAnswer.assumeIsolated().whenComplete { _ in context.close(promise: nil) }
  }

  package func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
    guard case .end = unwrapOutboundIn(data) else { return context.write(data, promise: promise) }
    let written = promise ?? context.eventLoop.makePromise()
    lastAnswer = written.futureResult
    context.write(data, promise: written)
  }

  package func read(context: ChannelHandlerContext) {
    wantsRead = true
    readOn(context)
  }

  /// Reads where that was asked for, unless what has come is enough for now.
  private func readOn(_ context: ChannelHandlerContext) {
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

  /// Ends the body that is being read; without one there is nobody to tell.
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

/// Writes an answer: one that is there in one go, one that is being made part by part, as fast as it is taken.
private struct AnswerWriter: ResponseBodyWriter {
  let channel: any Channel
  let isWhole: Bool

  func begin(_ head: HTTPResponse) async throws { try await put(.head(head)) }

  func write(_ part: ByteBuffer) async throws { try await put(.body(part)) }

  /// What is made part by part goes out at once, the head too: somebody waits for it.
  private func put(_ part: HTTPResponsePart) async throws {
    if isWhole { channel.write(part, promise: nil) } else { try await channel.writeAndFlush(part).get() }
  }

  func finish(_ trailers: HTTPFields?) async throws {
    channel.writeAndFlush(HTTPResponsePart.end(trailers), promise: nil)
  }
}
