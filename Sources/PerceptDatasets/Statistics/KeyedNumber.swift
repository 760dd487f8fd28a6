/// A number with a key to sort by.
struct KeyedNumber: Sendable {
  let key: UInt32
  private let value: UInt32

  /// `number` must be in 0 ..< 2³².
  init(key: UInt32, number: Int) {
    (self.key, value) = (key, UInt32(number))
  }

  var number: Int { Int(value) }
}

extension [KeyedNumber] {
  /// Returns the numbers in ascending order of their keys; those with equal keys keep their order. O(n) for n numbers.
  func sortedByKey() -> [KeyedNumber] { [0, 11, 22].reduce(self) { $0.sorted(byDigitFrom: $1) } }

  /// Returns the numbers in ascending order of the 11 bits of their keys from `bit` on.
  private func sorted(byDigitFrom bit: UInt32) -> [KeyedNumber] {
    func digit(_ number: KeyedNumber) -> Int { Int(number.key >> bit & 2047) }
    var places = [Int](repeating: 0, count: 2049)
    for number in self { places[digit(number) + 1] += 1 }
    for digit in 1..<2048 { places[digit] += places[digit - 1] }
    return [KeyedNumber](unsafeUninitializedCapacity: count) { sorted, initialized in
      for number in self {
        sorted.initializeElement(at: places[digit(number)], to: number)
        places[digit(number)] += 1
      }
      initialized = count
    }
  }

  /// Calls `body` with each list of neighbors that have one key.
  func forEachRun(_ body: (ArraySlice<KeyedNumber>) -> Void) {
    var start = 0
    while start < count {
      var end = start + 1
      while end < count, self[end].key == self[start].key { end += 1 }
      body(self[start..<end])
      start = end
    }
  }
}
