/// Two of the 6 pieces of the bits of a ``HashElement``. Elements that are near each other agree in at least 4 pieces.
struct HashDigit: Sendable, Equatable {
  static let valueCount = 1 << 12

  private let shifts: (UInt64, UInt64)

  private init(_ low: Int, _ high: Int) { shifts = (UInt64(6 * low), UInt64(6 * high)) }

  func value(of element: HashElement) -> Int {
    Int(element.bits &>> shifts.0 & 63 | (element.bits &>> shifts.1 & 63) &<< 6)
  }

  static func == (a: HashDigit, b: HashDigit) -> Bool { a.shifts == b.shifts }

  /// Pairs of digits, such that any two elements that are near each other agree in both digits of a pair. Of three digits
  /// that have no piece in common, they agree in one, as at most 2 pieces differ; and in 2 of the other 4 pieces. So these
  /// are 3 digits, each with the others it is paired with: 15 pairs, the choices of 4 pieces.
  static let pairs: [(first: HashDigit, others: [HashDigit])] = {
    let firsts = [(0, 1), (2, 3), (4, 5)]
    return firsts.indices.map { index in
      let (low, high) = firsts[index]
      let pieces = (0..<6).filter { $0 != low && $0 != high }
      let others = pieces.flatMap { a in pieces.filter { $0 > a }.map { HashDigit(a, $0) } }
      let done = firsts[..<index].map { HashDigit($0.0, $0.1) }
      return (HashDigit(low, high), others.filter { !done.contains($0) })
    }
  }()
}

/// Elements in buckets by their values of a digit.
struct HashBuckets: Sendable {
  private let elements: [HashElement]
  private let ends: [Int]

  /// O(n) for n elements.
  init(_ unsorted: [HashElement], by digit: HashDigit) {
    var ends = [Int](repeating: 0, count: HashDigit.valueCount + 1)
    for element in unsorted { ends[digit.value(of: element) + 1] += 1 }
    for value in 1..<HashDigit.valueCount { ends[value] += ends[value - 1] }
    elements = [HashElement](unsafeUninitializedCapacity: unsorted.count) { elements, count in
      for element in unsorted {
        let value = digit.value(of: element)
        elements.initializeElement(at: ends[value], to: element)
        ends[value] += 1
      }
      count = unsorted.count
    }
    self.ends = ends
  }

  /// The elements with a value.
  subscript(value: Int) -> ArraySlice<HashElement> { elements[(value == 0 ? 0 : ends[value - 1])..<ends[value]] }
}
