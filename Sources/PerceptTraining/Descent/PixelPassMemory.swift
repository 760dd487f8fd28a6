import PerceptDatasets
import PerceptLinearAlgebra

/// The memory of one thread of a ``PixelPass``.
final class PixelPassMemory {
  /// The examples that the thread processes.
  let examples: Range<Int>
  /// The pixels of the examples of a group. The last example of the thread replaces missing ones.
  let rows: UnsafeBufferPointer<UnsafePointer<UInt8>?>
  /// The pixels of the next group, to prefetch.
  let nextRows: UnsafePointer<UnsafePointer<UInt8>?>
  /// The sums of the products of weights and pixels, units x group.
  let products: UnsafeMutablePointer<Int64>
  /// The pre-activations, then the errors, units x group.
  let panel: UnsafeMutablePointer<Double>
  /// The digits of the errors, units x digits x group.
  let factors: UnsafeMutablePointer<Int16>
  /// Sums Σ e·x of digits, units x digits x stride, until they are carried to `totals`.
  let sums: UnsafeMutablePointer<Int32>
  /// The sums Σ e·x, units x stride.
  let totals: UnsafeMutablePointer<Int64>
  /// The sums Σ e, one for each unit.
  let errors: UnsafeMutablePointer<Int64>
  /// Whether all numbers fit into their formats.
  var fits = true

  private let pointers: UnsafeMutablePointer<UnsafePointer<UInt8>?>
  private let units: Int
  private let stride: Int
  private let group: Int

  /// `stride` is the number of features, rounded up to a multiple of 64.
  init(examples: Range<Int>, units: Int, stride: Int, group: Int) {
    self.examples = examples
    (self.units, self.stride, self.group) = (units, stride, group)
    pointers = Self.zeros(2 * group)
    rows = UnsafeBufferPointer(start: pointers, count: group)
    nextRows = UnsafePointer(pointers + group)
    products = Self.zeros(units * group)
    panel = Self.zeros(units * group)
    factors = Self.zeros(units * PixelKernels.factorDigits * group)
    sums = Self.zeros(units * PixelKernels.factorDigits * stride)
    totals = Self.zeros(units * stride)
    errors = Self.zeros(units)
  }

  deinit {
    pointers.deallocate()
    products.deallocate()
    panel.deallocate()
    factors.deallocate()
    sums.deallocate()
    totals.deallocate()
    errors.deallocate()
  }

  /// Allocates zeros at the start of a cache line.
  private static func zeros<Element>(_ count: Int) -> UnsafeMutablePointer<Element> {
    let size = count * MemoryLayout<Element>.stride
    let memory = UnsafeMutableRawPointer.allocate(byteCount: size, alignment: 64)
    memory.initializeMemory(as: UInt8.self, repeating: 0, count: size)
    return memory.bindMemory(to: Element.self, capacity: count)
  }

  /// Prepares a pass. `sums` are 0 after each pass.
  func clear() {
    totals.update(repeating: 0, count: units * stride)
    errors.update(repeating: 0, count: units)
    fits = true
  }

  /// Sets `rows` and `nextRows` for a group.
  func point(to group: Range<Int>, of all: FeatureRows) {
    for k in 0..<2 * self.group { pointers[k] = all[min(group.lowerBound + k, examples.upperBound - 1)] }
  }

  /// Cuts the errors of the first `count` examples of a group into digits, with 0 for missing ones, and adds them to their
  /// totals. Returns whether all fit.
  func cutErrors(_ count: Int, _ format: FixedPoint) -> Bool {
    for unit in 0..<units {
      let row = panel + unit * group
      for k in count..<group { row[k] = 0 }
      guard PixelKernels.largest(row, count: group) <= format.limit else { return false }
      errors[unit] += PixelKernels.cut(
        row, count: group, format, into: factors + unit * PixelKernels.factorDigits * group, stride: group)
    }
    return true
  }

  /// Adds `sums` to `totals`.
  func carry() {
    for unit in 0..<units {
      PixelKernels.carry(
        sums + unit * PixelKernels.factorDigits * stride, stride: stride,
        into: totals + unit * stride)
    }
  }

  /// The memory of `totals` and `errors`.
  var sumBytes: [UnsafeMutableRawBufferPointer] {
    [(totals, units * stride), (errors, units)].map { .init(UnsafeMutableBufferPointer(start: $0, count: $1)) }
  }

  /// Adds the totals of another thread.
  func add(_ other: PixelPassMemory) {
    for j in 0..<units * stride { totals[j] += other.totals[j] }
    for unit in 0..<units { errors[unit] += other.errors[unit] }
  }
}
