import NIOCore
import PerceptPlatform

/// Pauses accepting connections while the process or the system has no descriptors or memory for them. The event loop
/// would otherwise try again without a pause.
final class AcceptErrorHandler: ChannelInboundHandler {
  typealias InboundIn = any Channel
  typealias InboundOut = any Channel

  private static let pause = TimeAmount.milliseconds(100)

  private let log: RequestLog?
  /// Whether the last try failed, so that the failure is logged once.
  private var isFailing = false

  init(log: RequestLog?) { self.log = log }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    if isFailing { log?.note("accepting connections again") }
    isFailing = false
    context.fireChannelRead(data)
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    guard let error = error as? IOError, [EMFILE, ENFILE, ENOBUFS, ENOMEM].contains(error.errnoCode) else {
      return context.fireErrorCaught(error)
    }
    if !isFailing { log?.note("cannot accept connections: \(String(cString: strerror(error.errnoCode)))", .error) }
    isFailing = true
    let options = context.channel.syncOptions
    try? options?.setOption(.autoRead, value: false)
    context.eventLoop.assumeIsolated().scheduleTask(in: Self.pause) { try? options?.setOption(.autoRead, value: true) }
  }
}
