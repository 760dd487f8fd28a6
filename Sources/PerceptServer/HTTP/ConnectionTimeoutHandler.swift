import HTTPTypes
import Hummingbird
import NIOCore
import NIOHTTP1
import NIOHTTPTypes

/// Enforces the timeouts of one connection, answers malformed requests, and closes only after the last response is
/// written. There is one deadline at a time: for the head of the next request, for its body, or for the rest of a
/// discarded body. If the deadline has moved when the timer fires, the timer is rescheduled.
final class ConnectionTimeoutHandler: ChannelDuplexHandler, RemovableChannelHandler {
  typealias InboundIn = HTTPRequestPart
  typealias InboundOut = HTTPRequestPart
  typealias OutboundIn = HTTPResponsePart
  typealias OutboundOut = HTTPResponsePart

  private let limits: ServerLimits
  private let tracker: ConnectionTracker
  private let log: RequestLog?
  /// Request heads received minus responses written.
  private var unanswered = 0
  /// Whether a request head has arrived, but not the end of its body.
  private var isReading = false
  /// Whether the connection closes after the next response.
  private var closes = false
  /// Whether the last response is written. Further input is discarded.
  private var isOver = false
  /// The error to send after the responses that are still pending.
  private var refusal: RequestError?
  private var deadline: NIODeadline?
  private var timer: Scheduled<Void>?
  private var timerEnd = NIODeadline.distantFuture

  init(limits: ServerLimits, tracker: ConnectionTracker, log: RequestLog?) {
    (self.limits, self.tracker, self.log) = (limits, tracker, log)
  }

  func handlerAdded(context: ChannelHandlerContext) {
    tracker.opened(context.channel)
    closes = tracker.isEnding
    setDeadline(limits.idleTime, context)
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
    guard !isOver else { return discard(unwrapInboundIn(data), context) }
    switch unwrapInboundIn(data) {
    case .head(let head):
      unanswered += 1
      isReading = true
      tracker.began(context.channel)
      if head.headerFields[.connection]?.lowercased() == "close" { closes = true }
      setDeadline(limits.bodyTime, context)
    case .body: break
    case .end:
      isReading = false
      if unanswered == 0 { setDeadline(limits.idleTime, context) } else { deadline = nil }
    }
    context.fireChannelRead(data)
  }

  /// Discards input after the last response. ``channelReadComplete(context:)`` reads on, as downstream has stopped.
  private func discard(_ part: HTTPRequestPart, _ context: ChannelHandlerContext) {
    if case .end = part { context.close(promise: nil) }
  }

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
      context.write(data, promise: written)
      answered(written.futureResult, context)
    default: context.write(data, promise: promise)
    }
  }

  private func answered(_ written: EventLoopFuture<Void>, _ context: ChannelHandlerContext) {
    unanswered -= 1
    tracker.answered(context.channel)
    guard unanswered == 0 else { return }
    if let refusal {
      answer(refusal, context)
    } else if closes {
      finish(after: written, context, mayMoreCome: isReading)
    } else {
      setDeadline(isReading ? limits.lingeringTime : limits.idleTime, context)
    }
  }

  /// Ends the connection after the last response. Further input is discarded for ``ServerLimits/lingeringTime``:
  /// closing a socket with unread input resets the connection, and the response could be lost.
  private func finish(after written: EventLoopFuture<Void>, _ context: ChannelHandlerContext, mayMoreCome: Bool) {
    isOver = true
    context.flush()
    setDeadline(limits.lingeringTime, context)
    if mayMoreCome {
      context.close(mode: .output, promise: nil)
      context.read()
    } else {
      written.assumeIsolated().whenComplete { _ in context.close(promise: nil) }
    }
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    guard !(error is IOError), !(error is ChannelError), !isOver else { return context.fireErrorCaught(error) }
    // Ignore malformed input after the last request.
    if closes, !isReading, unanswered > 0 { return }
    let refusal = RequestError(unreadable: error)
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
    var entry = RequestLog.Entry(id: RequestID.new(), status: refusal.status.code)
    (entry.address, entry.reason) = (context.channel.remoteAddress, refusal.reason)
    log?.write(entry)
    var head = Response(refusal).head
    head.headerFields[RequestID.header] = entry.id
    head.headerFields[.connection] = "close"
    head.headerFields[.date] = Timestamp.header()
    let written = context.eventLoop.makePromise(of: Void.self)
    context.write(wrapOutboundOut(.head(head)), promise: nil)
    context.write(wrapOutboundOut(.body(refusal.body)), promise: nil)
    context.write(wrapOutboundOut(.end(nil)), promise: written)
    finish(after: written.futureResult, context, mayMoreCome: true)
  }

  func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
    switch event {
    case is ChannelShouldQuiesceEvent:
      closes = true
      if unanswered == 0, !isReading { context.close(promise: nil) }
    case ChannelEvent.inputClosed where isOver: context.close(promise: nil)
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
        setDeadline(limits.idleTime, context)
      }
    }
    context.fireChannelWritabilityChanged()
  }

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
