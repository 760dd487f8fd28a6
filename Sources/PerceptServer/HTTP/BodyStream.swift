import NIOCore

/// A body that still comes. It is filled on the thread of its connection, and read by one reader wherever that is.
final class BodyStream {
  typealias DatasetSplits = NIOThrowingAsyncSequenceProducer<
    ByteBuffer, any Error, NIOAsyncSequenceProducerBackPressureStrategies.HighLowWatermark, Demand
  >

  /// Tells the connection that its reader has taken what there was, or wants no more of it.
  struct Demand: NIOAsyncSequenceProducerDelegate {
    let tell: @Sendable () -> Void

    func produceMore() { tell() }
    func didTerminate() { tell() }
  }

  private let source: DatasetSplits.Source
  /// Whether as much waits for the reader as should.
  private(set) var isFull = false

  /// A body and what its reader gets of it.
  ///
  /// - Parameters:
  ///   - loop: the connection's.
  ///   - onDemand: is called there when there is room again.
  /// - Returns: the stream, to be filled and finished, and its parts, for the reader.
  static func make(
    on loop: any EventLoop, onDemand: @escaping () -> Void
  ) -> (stream: BodyStream, parts: DatasetSplits) {
    let room = NIOLoopBoundBox<(() -> Void)?>(nil, eventLoop: loop)
    let made = DatasetSplits.makeSequence(
      backPressureStrategy: .init(lowWatermark: 1, highWatermark: 4), finishOnDeinit: true,
      delegate: Demand { loop.execute { room.value?() } })
    let stream = BodyStream(made.source)
    room.value = { [weak stream] in
      stream?.isFull = false
      onDemand()
    }
    return (stream, made.sequence)
  }

  private init(_ source: DatasetSplits.Source) { self.source = source }

  func yield(_ part: ByteBuffer) {
    if case .stopProducing = source.yield(part) { isFull = true }
  }

  /// There is no more of it.
  func finish() { source.finish() }

  /// It ends in the middle.
  func finish(_ error: any Error) { source.finish(error) }
}
