/// A number below 2²⁷ with a key of 37 bits to sort by, in one word.
struct KeyedNumber: Sendable {
  private static let numberWidth: UInt64 = 27
  private let word: UInt64

  /// Uses the lowest 37 bits of `key`.
  init(key: UInt64, number: Int) {
    precondition(number >> Int(Self.numberWidth) == 0, "a number must be below 2^27 (got \(number))")
    word = key << Self.numberWidth | UInt64(number)
  }

  var key: UInt64 { word >> Self.numberWidth }
  var number: Int { Int(word & (1 << Self.numberWidth - 1)) }
}

/// Bits of a key by which numbers are sorted in one pass: two ranges of bits, of which the second is higher.
struct KeyDigit: Sendable {
  /// Digits that make up a whole key, the lowest first.
  static let all = [KeyDigit(0..<6, 6..<12), KeyDigit(12..<18, 18..<24), KeyDigit(24..<30, 30..<37)]

  let valueCount: Int
  private let shifts: (UInt64, UInt64)
  private let masks: (UInt64, UInt64)

  init(_ low: Range<Int>, _ high: Range<Int>) {
    valueCount = 1 << (low.count + high.count)
    shifts = (UInt64(low.lowerBound), UInt64(high.lowerBound - low.count))
    masks = ((1 << UInt64(low.count)) - 1, (1 << UInt64(high.count) - 1) << UInt64(low.count))
  }

  func value(of key: UInt64) -> Int { Int(key >> shifts.0 & masks.0 | key >> shifts.1 & masks.1) }
}

extension [KeyedNumber] {
  /// Returns the numbers in the order of a digit of their keys; those with equal digits keep their order. O(n).
  func sorted(by digit: KeyDigit) -> [KeyedNumber] {
    var places = [Int](repeating: 0, count: digit.valueCount + 1)
    for number in self { places[digit.value(of: number.key) + 1] += 1 }
    for value in 1..<digit.valueCount { places[value] += places[value - 1] }
    return [KeyedNumber](unsafeUninitializedCapacity: count) { sorted, initialized in
      for number in self {
        let value = digit.value(of: number.key)
        sorted.initializeElement(at: places[value], to: number)
        places[value] += 1
      }
      initialized = count
    }
  }

  func sortedByKey() -> [KeyedNumber] { KeyDigit.all.reduce(self) { $0.sorted(by: $1) } }

  /// Calls `body` with each list of neighbors whose keys are equal in the bits of `mask`.
  func forEachRun(of mask: UInt64 = .max, _ body: (ArraySlice<KeyedNumber>) -> Void) {
    var start = 0
    while start < count {
      let key = self[start].key & mask
      var end = start + 1
      while end < count, self[end].key & mask == key { end += 1 }
      body(self[start..<end])
      start = end
    }
  }
}
