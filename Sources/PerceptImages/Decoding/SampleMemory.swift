/// Arrays of samples that are used again from one picture to the next. Used by one thread at a time.
package final class SampleMemory {
  /// A picture may need two at once, stored and upright.
  private static let mostSpare = 2

  private var spare: [[UInt8]] = []

  package init() {}

  /// `count` samples, all of which `set` sets.
  func samples(_ count: Int, setBy set: (UnsafeMutablePointer<UInt8>) -> Void) -> [UInt8] {
    samples(upTo: count) { samples in
      set(samples)
      return count
    }
  }

  /// Samples in room for `count`; `set` sets the first of them and says how many.
  func samples(upTo count: Int, setBy set: (UnsafeMutablePointer<UInt8>) -> Int) -> [UInt8] {
    var samples = spare.popLast() ?? []
    samples.removeAll(keepingCapacity: true)
    samples.append(addingCapacity: count) { room in
      room.withUnsafeMutableBufferPointer { buffer, initialized in
        initialized = buffer.baseAddress.map(set) ?? 0
      }
    }
    return samples
  }

  /// `count` samples, all of which `fill` sets if it returns true; nil where it returns false.
  func samples(_ count: Int, filledBy fill: (UnsafeMutablePointer<UInt8>) -> Bool) -> [UInt8]? {
    var isFilled = false
    let samples = samples(count, setBy: { isFilled = fill($0) })
    if isFilled { return samples }
    reuse(samples)
    return nil
  }

  /// Takes samples back that nobody needs any more.
  func reuse(_ samples: [UInt8]) {
    if spare.count < Self.mostSpare { spare.append(samples) }
  }
}
