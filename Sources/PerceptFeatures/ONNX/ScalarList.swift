/// The numbers of a repeated field. All are counted, but only the first ``capacity`` are kept: larger tensors are
/// weights, whose values do not matter here.
struct ScalarList: Hashable, Sendable {
  static let capacity = 4096

  var count = 0
  /// The bit patterns of the first numbers, extended to 64 bits.
  private(set) var patterns: [UInt64] = []

  /// Whether further numbers are only counted.
  var isComplete: Bool { patterns.count == Self.capacity }

  mutating func append(_ pattern: UInt64) {
    count += 1
    if patterns.count < Self.capacity { patterns.append(pattern) }
  }

  /// The numbers as integers; nil if they are not all kept.
  var integers: [Int64]? { count == patterns.count ? patterns.map { Int64(bitPattern: $0) } : nil }

  /// The numbers, which have 32 bits, as `Float`; nil if they are not all kept.
  var floats: [Float]? {
    count == patterns.count ? patterns.map { Float(bitPattern: UInt32(truncatingIfNeeded: $0)) } : nil
  }
}
