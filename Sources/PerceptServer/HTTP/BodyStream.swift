import NIOCore

/// A request body that is still arriving: filled on its connection's event loop, read by one task on any thread.
final class BodyStream {
  typealias Parts = NIOThrowingAsyncSequenceProducer<
    ByteBuffer, any Error, NIOAsyncSequenceProducerBackPressureStrategies.HighLowWatermark, Demand
  >

  /// Notifies the connection when the reader wants more data or has stopped reading.
  struct Demand: NIOAsyncSequenceProducerDelegate {
    let notify: @Sendable () -> Void

    func produceMore() { notify() }
    func didTerminate() { notify() }
  }

  private let source: Parts.Source
  /// Whether the high watermark is reached, so that the connection should stop reading.
  private(set) var isFull = false

  /// Returns a stream to fill, and its parts for the reader. `onDemand` is called on `loop` when the reader wants more.
  static func make(
    on loop: any EventLoop, onDemand: @escaping () -> Void
  ) -> (stream: BodyStream, parts: Parts) {
    let callback = NIOLoopBoundBox<(() -> Void)?>(nil, eventLoop: loop)
    let made = Parts.makeSequence(
      backPressureStrategy: .init(lowWatermark: 1, highWatermark: 4), finishOnDeinit: true,
      delegate: Demand { loop.execute { callback.value?() } })
    let stream = BodyStream(made.source)
    callback.value = { [weak stream] in
      stream?.isFull = false
      onDemand()
    }
    return (stream, made.sequence)
  }

  private init(_ source: Parts.Source) { self.source = source }

  func yield(_ part: ByteBuffer) {
    if case .stopProducing = source.yield(part) { isFull = true }
  }

  func finish() { source.finish() }

  func finish(_ error: any Error) { source.finish(error) }
}
