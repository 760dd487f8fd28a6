import CPerceptKernels
import PerceptPlatform

/// A symmetric matrix of Float64. Only its lower triangle uses memory and is read, which halves the memory traffic of a
/// product. Not thread-safe: all products use the same workspace, which is allocated once.
package final class SymmetricMatrix {
  package let count: Int
  /// `count` rounded up to a multiple of 4. Elements beyond `count` are zero.
  let stride: Int
  /// stride x stride elements. Row i uses columns up to i | 3; the system allocates only pages that are accessed.
  let elements: UnsafeMutablePointer<Double>
  private let memory: UnsafeMutableRawPointer
  private let blocks: [Range<Int>]
  private let vector: UnsafeMutablePointer<Double>
  /// `stride` partial sums for each block of rows.
  private let sums: UnsafeMutablePointer<Double>

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

  /// The element at a row and a column, in either order.
  package subscript(row: Int, column: Int) -> Double {
    elements[max(row, column) * stride + min(row, column)]
  }

  /// Sets the element at a row and a column ≤ row | 3. Different elements may be set concurrently.
  package func set(_ row: Int, _ column: Int, _ value: Double) {
    precondition(row < count && column <= row | 3)
    elements[row * stride + column] = value
  }

  /// Computes products = matrix · factors, on all cores, in O(`count`²).
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

  /// Subtracts the mean of every row and column: replaces the matrix M by H·M·H with H = I - 1·1ᵀ/count.
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

  package func scale(by factor: Double) {
    for i in 0..<count {
      let row = elements + i * stride
      for j in 0...(i | 3) { row[j] *= factor }
    }
  }

  /// Returns 1 to 16 blocks of rows of about equal area, one per 512 rows, with boundaries at multiples of 4.
  private static func blocks(_ stride: Int) -> [Range<Int>] {
    let number = max(1, min(16, stride / 512))
    let ends = (0...number).map { Int((Double($0) / Double(number)).squareRoot() * Double(stride)) / 4 * 4 }
    return zip(ends, ends.dropFirst()).map { $0..<$1 }
  }

  /// Allocates zeros with an alignment of 64 bytes, so that a 4 x 4 block crosses as few cache lines as possible.
  private static func zeros(_ count: Int) -> (memory: UnsafeMutableRawPointer, first: UnsafeMutablePointer<Double>) {
    guard let memory = calloc(count + 8, MemoryLayout<Double>.stride) else {
      preconditionFailure("out of memory: cannot allocate \(count) Float64 values")
    }
    return (memory, memory.alignedUp(toMultipleOf: 64).bindMemory(to: Double.self, capacity: count))
  }
}
