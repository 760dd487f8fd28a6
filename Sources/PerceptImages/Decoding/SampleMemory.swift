/// A pool of sample arrays that are reused from image to image. Not thread-safe.
package final class SampleMemory {
  /// The maximum number of unused arrays. An image may need two at once: as stored and upright.
  private static let mostSpare = 2

  private var spare: [[UInt8]] = []

  package init() {}

  /// Returns `count` samples, all initialized by `set`.
  func samples(_ count: Int, setBy set: (UnsafeMutablePointer<UInt8>) -> Void) -> [UInt8] {
    samples(upTo: count) { samples in
      set(samples)
      return count
    }
  }

  /// Returns at most `count` samples. `set` initializes the first of them and returns their number.
  func samples(upTo count: Int, setBy set: (UnsafeMutablePointer<UInt8>) -> Int) -> [UInt8] {
    var samples = spare.popLast() ?? []
    if samples.capacity < count { samples = [] }  // a larger copy would have twice the capacity
    samples.removeAll(keepingCapacity: true)
    samples.append(addingCapacity: count) { span in
      span.withUnsafeMutableBufferPointer { buffer, initialized in
        initialized = buffer.baseAddress.map(set) ?? 0
      }
    }
    return samples
  }

  /// Returns `count` samples, all initialized by `fill`; `nil` if `fill` returns `false`.
  func samples(_ count: Int, filledBy fill: (UnsafeMutablePointer<UInt8>) -> Bool) -> [UInt8]? {
    var isFilled = false
    let samples = samples(count, setBy: { isFilled = fill($0) })
    if isFilled { return samples }
    reuse(samples)
    return nil
  }

  /// Adds an array that is no longer needed to the pool, unless the pool is full.
  func reuse(_ samples: [UInt8]) {
    if spare.count < Self.mostSpare { spare.append(samples) }
  }
}
