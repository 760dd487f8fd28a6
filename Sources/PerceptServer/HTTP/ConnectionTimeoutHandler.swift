import HTTPTypes
import Hummingbird
import NIOCore
import NIOHTTP1
import NIOHTTPTypes

/// Enforces the timeouts of one connection, answers malformed requests, and closes only after the last response is
/// written. There is one deadline at a time: for the head of the next request, for its body, or for input that is
/// discarded. If the deadline has moved when the timer fires, the timer is rescheduled.
final class ConnectionTimeoutHandler: ChannelDuplexHandler, RemovableChannelHandler {
  typealias InboundIn = HTTPRequestPart
  typealias InboundOut = HTTPRequestPart
  typealias OutboundIn = HTTPResponsePart
  typealias OutboundOut = HTTPResponsePart

  /// Makes the response to a request that cannot be read, and logs it.
  typealias Refuse = @Sendable (RequestError, any Channel) -> Response

  private let limits: ServerLimits
  private let tracker: ConnectionTracker
  private let refuse: Refuse
  /// Request heads received minus responses written.
  private var unanswered = 0
  /// Whether a request head has arrived, but not the end of its body.
  private var isReading = false
  /// Whether the connection closes after the next response.
  private var closes = false
  /// Whether the client has announced that it sends no more requests.
  private var hasLastRequest = false
  /// Whether the last response is written. Further input is discarded.
  private var isOver = false
  /// The error to send after the responses that are still pending.
  private var refusal: RequestError?
  /// Completes when the last response so far is written to the socket.
  private var lastResponse: EventLoopFuture<Void>?
  private var deadline: NIODeadline?
  private var timer: Scheduled<Void>?
  private var timerEnd = NIODeadline.distantFuture

  init(limits: ServerLimits, tracker: ConnectionTracker, refuse: @escaping Refuse) {
    (self.limits, self.tracker, self.refuse) = (limits, tracker, refuse)
  }

  func handlerAdded(context: ChannelHandlerContext) {
    tracker.opened(context.channel)
    closes = tracker.isEnding
    setDeadline(idleTime, context)
  }

  /// Refuses the connection if its address has too many. It is closed at once, to make room for others.
  func channelActive(context: ChannelHandlerContext) {
    context.fireChannelActive()
    guard let address = limits.countedAddress(context.remoteAddress),
      tracker.connections(from: address) > limits.connectionsPerAddress
    else { return }
    isOver = true
    write(RequestError.tooManyConnections(limits.connectionsPerAddress), context)
    lastResponse?.assumeIsolated().whenComplete { _ in context.close(promise: nil) }
  }

  func handlerRemoved(context: ChannelHandlerContext) { stop(context) }

  func channelInactive(context: ChannelHandlerContext) {
    stop(context)
    context.fireChannelInactive()
  }

  private func stop(_ context: ChannelHandlerContext) {
    tracker.closed(context.channel)
    timer?.cancel()
    (timer, deadline) = (nil, nil)
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    guard !isOver, refusal == nil, isReading || !hasLastRequest else { return }
    switch unwrapInboundIn(data) {
    case .head(let head):
      unanswered += 1
      isReading = true
      tracker.began(context.channel)
      hasLastRequest = head.headerFields[.connection]?.lowercased() == "close"
      if hasLastRequest { closes = true }
      setDeadline(limits.bodyTime, context)
    case .body: break
    case .end:
      isReading = false
      if unanswered == 0 {
        answeredAll(context)
      } else if context.channel.isWritable {
        deadline = nil
      }
    }
    context.fireChannelRead(data)
  }

  /// Reads on after the last response, as downstream has stopped.
  func channelReadComplete(context: ChannelHandlerContext) {
    if isOver { context.read() }
    context.fireChannelReadComplete()
  }

  func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
    switch unwrapOutboundIn(data) {
    case .head(var head) where head.status.kind != .informational:
      if head.headerFields[.connection]?.lowercased() == "close" { closes = true }
      // Announce the close in the last response.
      if closes, unanswered == 1 { head.headerFields[.connection] = "close" }
      context.write(wrapOutboundOut(.head(head)), promise: promise)
    case .end:
      let written = promise ?? context.eventLoop.makePromise()
      lastResponse = written.futureResult
      context.write(data, promise: written)
      answered(context)
    default: context.write(data, promise: promise)
    }
  }

  private func answered(_ context: ChannelHandlerContext) {
    unanswered -= 1
    tracker.answered(context.channel)
    if unanswered == 0 { answeredAll(context) }
  }

  private func answeredAll(_ context: ChannelHandlerContext) {
    if let refusal {
      answer(refusal, context)
    } else if closes {
      finish(context)
    } else {
      setDeadline(isReading ? limits.lingeringTime : limits.idleTime, context)
    }
  }

  /// Ends the connection after the last response. Further input is discarded until the client closes its side, at most
  /// for ``ServerLimits/lingeringTime``: closing a socket with unread input resets the connection, and the response could
  /// be lost.
  private func finish(_ context: ChannelHandlerContext) {
    isOver = true
    setDeadline(limits.bodyTime, context)
    context.flush()
    lastResponse?.assumeIsolated().whenSuccess { self.setDeadline(self.limits.lingeringTime, context) }
    close(context: context, mode: .output, promise: nil)
    context.read()
  }

  /// Closes the sending side only after the last response is written: if the client has closed its side, SwiftNIO would
  /// close the connection at once and lose what is not written.
  func close(context: ChannelHandlerContext, mode: CloseMode, promise: EventLoopPromise<Void>?) {
    guard mode == .output, let lastResponse else { return context.close(mode: mode, promise: promise) }
    lastResponse.assumeIsolated().whenComplete { _ in context.close(mode: mode, promise: promise) }
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    guard !(error is IOError), !(error is ChannelError) else { return context.fireErrorCaught(error) }
    // Ignore malformed input after the last request or after other malformed input.
    if isOver || refusal != nil || closes && !isReading && unanswered > 0 { return }
    let refusal = error as? RequestError ?? RequestError(unreadable: error)
    if isReading {
      // The parser has stopped. Pass the error on to the reader of the body.
      closes = true
      context.fireErrorCaught(refusal)
    } else if unanswered > 0 {
      self.refusal = refusal
    } else {
      answer(refusal, context)
    }
  }

  private func answer(_ refusal: RequestError, _ context: ChannelHandlerContext) {
    write(refusal, context)
    finish(context)
  }

  /// Writes the response to something other than a request. It is always the last one of the connection.
  private func write(_ refusal: RequestError, _ context: ChannelHandlerContext) {
    var response = refuse(refusal, context.channel)
    response.headers[.connection] = "close"
    let written = context.eventLoop.makePromise(of: Void.self)
    lastResponse = written.futureResult
    context.write(wrapOutboundOut(.head(response.head)), promise: nil)
    context.write(wrapOutboundOut(.body(refusal.body)), promise: nil)
    context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: written)
  }

  func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
    switch event {
    case is ChannelShouldQuiesceEvent:
      // What the client has sent already is still read and answered.
      if !closes, unanswered == 0, !isReading, context.channel.isWritable { setDeadline(limits.quietTime, context) }
      closes = true
    default: context.fireUserInboundEventTriggered(event)
    }
  }

  /// Reading a response has the same time limit as sending a body. Otherwise clients could hold the connection forever.
  func channelWritabilityChanged(context: ChannelHandlerContext) {
    if !isOver {
      if !context.channel.isWritable || isReading {
        setDeadline(limits.bodyTime, context)
      } else if unanswered > 0 {
        deadline = nil
      } else {
        setDeadline(idleTime, context)
      }
    }
    context.fireChannelWritabilityChanged()
  }

  /// The time in which the head of the next request must arrive.
  private var idleTime: Duration { closes ? limits.quietTime : limits.idleTime }

  private func setDeadline(_ time: Duration, _ context: ChannelHandlerContext) {
    let end = NIODeadline.now() + TimeAmount(time)
    deadline = end
    guard timer == nil || timerEnd > end else { return }
    timer?.cancel()
    start(end, context)
  }

  private func start(_ end: NIODeadline, _ context: ChannelHandlerContext) {
    timerEnd = end
    timer = context.eventLoop.assumeIsolated().scheduleTask(deadline: end) { [self] in
      timer = nil
      guard let deadline else { return }
      if NIODeadline.now() < deadline { start(deadline, context) } else { expire(context) }
    }
  }

  private func expire(_ context: ChannelHandlerContext) {
    deadline = nil
    if isReading, unanswered > 0, context.channel.isWritable {
      closes = true
      context.fireErrorCaught(RequestError.tooSlow(limits.bodyTime))
    } else {
      context.close(promise: nil)
    }
  }
}
