import HTTPTypes
import Hummingbird
import NIOCore
import NIOHTTP1
import NIOHTTPTypes

/// Watches over one connection: nothing on it takes longer than it may, what is no HTTP is answered with the reason, and where it
/// is to be closed, the answer arrives first.
///
/// There is one deadline at a time: for the next request's head, for its body, or for the rest of a body that nobody reads any
/// more. It is looked at when a timer ends, and the timer runs on where the deadline has moved meanwhile, so that a request costs
/// no timer.
final class ConnectionTimeoutHandler: ChannelDuplexHandler, RemovableChannelHandler {
  typealias InboundIn = HTTPRequestPart
  typealias InboundOut = HTTPRequestPart
  typealias OutboundIn = HTTPResponsePart
  typealias OutboundOut = HTTPResponsePart

  private let limits: ServerLimits
  private let tracker: ConnectionTracker
  private let log: RequestLog?
  /// Heads that have come, less answers that are out.
  private var unanswered = 0
  /// Whether a head has come, and its body's end has not.
  private var isReading = false
  /// Whether the next answer is the last.
  private var closes = false
  /// Whether the last answer is out, and what else comes is dropped.
  private var isOver = false
  /// What is to be said once the answers under way are out.
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
    watch(limits.idleTime, context)
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
    guard !isOver else { return readOn(unwrapInboundIn(data), context) }
    switch unwrapInboundIn(data) {
    case .head(let head):
      unanswered += 1
      isReading = true
      tracker.began(context.channel)
      if head.headerFields[.connection]?.lowercased() == "close" { closes = true }
      watch(limits.bodyTime, context)
    case .body: break
    case .end:
      isReading = false
      if unanswered == 0 { watch(limits.idleTime, context) } else { deadline = nil }
    }
    context.fireChannelRead(data)
  }

  /// Nobody downstream reads any more, so it asks for more itself, until the client is done.
  private func readOn(_ part: HTTPRequestPart, _ context: ChannelHandlerContext) {
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
      // An answer that says so is the last.
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
      watch(isReading ? limits.lingeringTime : limits.idleTime, context)
    }
  }

  /// Nothing more is said. What still comes is read for a while: a connection that is closed before is reset, and the answer
  /// may be lost.
  private func finish(after written: EventLoopFuture<Void>, _ context: ChannelHandlerContext, mayMoreCome: Bool) {
    isOver = true
    context.flush()
    watch(limits.lingeringTime, context)
    if mayMoreCome {
      context.close(mode: .output, promise: nil)
      context.read()
    } else {
      written.assumeIsolated().whenComplete { _ in context.close(promise: nil) }
    }
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    guard !(error is IOError), !(error is ChannelError), !isOver else { return context.fireErrorCaught(error) }
    // What comes behind the last request is nobody's.
    if closes, !isReading, unanswered > 0 { return }
    let refusal = RequestError(unreadable: error)
    if isReading {
      // The parser reads no further, and whoever waits for the body is told why.
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

  /// Answers must be taken as bodies must come: whoever does neither would hold the connection for ever.
  func channelWritabilityChanged(context: ChannelHandlerContext) {
    if !isOver {
      if !context.channel.isWritable || isReading {
        watch(limits.bodyTime, context)
      } else if unanswered > 0 {
        deadline = nil
      } else {
        watch(limits.idleTime, context)
      }
    }
    context.fireChannelWritabilityChanged()
  }

  private func watch(_ time: Duration, _ context: ChannelHandlerContext) {
    let end = NIODeadline.now() + TimeAmount(time)
    deadline = end
    // A timer that ends later than it should would be waited for.
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
