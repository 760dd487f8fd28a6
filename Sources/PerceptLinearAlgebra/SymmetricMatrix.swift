import CPerceptKernels
import Glibc

/// A symmetric matrix of Float64. Only its lower half takes memory and is read: half the bytes for every product.
///
/// One thread of work at a time may use it, because products share room that was taken once.
package final class SymmetricMatrix {
  /// How many rows and columns there are.
  package let count: Int
  /// `count`, rounded up to whole squares of 4 x 4; what lies beyond `count` is zero.
  let stride: Int
  /// stride x stride elements, of which row i holds columns up to i | 3. The system gives memory to pages that are touched.
  let elements: UnsafeMutablePointer<Double>
  private let memory: UnsafeMutableRawPointer
  private let blocks: [Range<Int>]
  private let vector: UnsafeMutablePointer<Double>
  /// For each block of rows, `stride` sums.
  private let sums: UnsafeMutablePointer<Double>

  /// A matrix of zeros.
  package init(count: Int) {
    self.count = count
    stride = (count + 3) / 4 * 4
    blocks = Self.blocks(stride)
    (memory, elements) = Self.zeros(stride * (stride + 1 + blocks.count))
    vector = elements + stride * stride
    sums = vector + stride
  }

  deinit {
    free(memory)
  }

  /// The element in a row and a column, in any order.
  package subscript(row: Int, column: Int) -> Double {
    elements[max(row, column) * stride + min(row, column)]
  }

  /// Sets the element of a row and a column up to row | 3; different elements may be set at the same time.
  package func set(_ row: Int, _ column: Int, _ value: Double) {
    precondition(row < count && column <= row | 3)
    elements[row * stride + column] = value
  }

  /// products = matrix · vector.
  ///
  /// - Parameters:
  ///   - factors: `count` elements.
  ///   - products: receives `count` elements.
  package func multiply(_ factors: UnsafeBufferPointer<Double>, into products: UnsafeMutableBufferPointer<Double>) {
    precondition(factors.count == count && products.count == count)
    guard let from = factors.baseAddress, let to = products.baseAddress else { return }
    vector.update(from: from, count: count)
    nonisolated(unsafe) let (vector, sums, elements) = (vector, sums, elements)
    concurrently(blocks.count) { [blocks, stride] block in
      let rows = blocks[block]
      let own = sums + block * stride
      own.update(repeating: 0, count: rows.upperBound)
      PixelKernels.best.multiply(elements, stride, vector, own, rows.lowerBound, rows.upperBound)
    }
    to.update(from: sums + (blocks.count - 1) * stride, count: count)
    for block in blocks.indices.dropLast() {
      let own = sums + block * stride
      for i in 0..<blocks[block].upperBound { to[i] += own[i] }
    }
  }

  /// H·M·H with H = I - 1·1ᵀ/count: the mean of every row and column is taken away.
  package func subtractMeans() {
    let ones = [Double](repeating: 1 / Double(count), count: count)
    let means = [Double](unsafeUninitializedCapacity: count) { means, initialized in
      ones.withUnsafeBufferPointer { multiply($0, into: means) }
      initialized = count
    }
    let total = means.reduce(0, +) / Double(count)
    for i in 0..<count {
      let row = elements + i * stride
      for j in 0...min(i | 3, count - 1) { row[j] += total - means[i] - means[j] }
    }
  }

  /// Every element times a factor.
  package func scale(by factor: Double) {
    for i in 0..<count {
      let row = elements + i * stride
      for j in 0...(i | 3) { row[j] *= factor }
    }
  }

  /// Rows in blocks of about equal area, one for every 512 rows, cut at multiples of 4.
  private static func blocks(_ stride: Int) -> [Range<Int>] {
    let number = max(1, min(16, stride / 512))
    let ends = (0...number).map { Int((Double($0) / Double(number)).squareRoot() * Double(stride)) / 4 * 4 }
    return zip(ends, ends.dropFirst()).map { $0..<$1 }
  }

  /// Zeros that begin at a multiple of 64 bytes, so that no square of 4 x 4 crosses more lines of the cache than it must.
  private static func zeros(_ count: Int) -> (memory: UnsafeMutableRawPointer, first: UnsafeMutablePointer<Double>) {
    guard let memory = calloc(count + 8, MemoryLayout<Double>.stride) else {
      preconditionFailure("no memory for \(count) numbers")
    }
    return (memory, memory.alignedUp(toMultipleOf: 64).bindMemory(to: Double.self, capacity: count))
  }
}
