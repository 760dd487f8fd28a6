import PerceptLinearAlgebra

/// Sums of vectors in fixed point, one for each thread.
final class FixedPointSums: @unchecked Sendable {
  private let count: Int
  private let threads: Int
  private let sums: UnsafeMutablePointer<Int64>

  init(count: Int, threads: Int) {
    self.count = count
    self.threads = threads
    sums = .allocate(capacity: max(count * threads, 1))
    sums.initialize(repeating: 0, count: count * threads)
  }

  deinit {
    sums.deallocate()
  }

  /// Sets all sums to zero.
  func clear() {
    sums.update(repeating: 0, count: count * threads)
  }

  /// Adds a vector to the sum of a thread, and sets it to zero. Returns whether all its numbers fit.
  func add(_ vector: UnsafeMutablePointer<Double>, _ format: FixedPoint, thread: Int) -> Bool {
    let own = sums + thread * count
    for j in 0..<count {
      guard let whole = format.whole(vector[j]) else { return false }
      own[j] += whole
      vector[j] = 0
    }
    return true
  }

  /// Adds the sums of all threads to those of the first thread, which are returned, and clears the others.
  func merged() -> UnsafeMutableRawBufferPointer {
    for j in count..<max(count, count * threads) {
      sums[j % count] += sums[j]
      sums[j] = 0
    }
    return UnsafeMutableRawBufferPointer(UnsafeMutableBufferPointer(start: sums, count: count))
  }

  /// Computes the sum of all threads, times `share`.
  func collect(into result: UnsafeMutableBufferPointer<Double>, _ format: FixedPoint, share: Double) {
    for j in 0..<count {
      var total: Int64 = 0
      for thread in 0..<threads { total += sums[thread * count + j] }
      result[j] = format.number(total) * share
    }
  }
}
