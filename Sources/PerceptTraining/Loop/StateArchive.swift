/// The numbers of a training between two updates, by name: what a checkpoint keeps.
///
/// A type has one function, `code`, that puts its numbers in or takes them out, so that the two cannot disagree. Float32,
/// whole numbers below 2⁵³ and truth are kept exactly as Float64.
struct StateArchive {
  /// What is wrong with the numbers.
  struct Mismatch: Error {
    let name: String
  }

  /// The numbers.
  private(set) var lists: [String: [Double]]
  private let isRestoring: Bool

  /// An empty archive, to be filled.
  init() {
    (lists, isRestoring) = ([:], false)
  }

  /// An archive to be taken out of.
  init(_ lists: [String: [Double]]) {
    (self.lists, isRestoring) = (lists, true)
  }

  /// Numbers whose count is known.
  mutating func code<Number: BinaryFloatingPoint>(_ name: String, _ values: inout [Number]) throws {
    let count = values.count
    try code(growing: name, &values)
    guard values.count == count else { throw Mismatch(name: name) }
  }

  /// Numbers whose count has grown since the training began.
  mutating func code<Number: BinaryFloatingPoint>(growing name: String, _ values: inout [Number]) throws {
    guard isRestoring else {
      var list: [Double] = []
      list.reserveCapacity(values.count)
      for value in values { list.append(Double(value)) }
      lists[name] = list
      return
    }
    guard let list = lists[name] else { throw Mismatch(name: name) }
    values.removeAll(keepingCapacity: true)
    for number in list { values.append(Number(number)) }
  }

  /// Whole numbers whose count is known.
  mutating func code(_ name: String, _ values: inout [Int]) throws {
    var numbers = values.map(Double.init)
    try code(name, &numbers)
    if isRestoring {
      values = try numbers.map {
        guard let value = Int(exactly: $0) else { throw Mismatch(name: name) }
        return value
      }
    }
  }

  /// A whole number.
  mutating func code(_ name: String, _ value: inout Int) throws {
    var values = [value]
    try code(name, &values)
    value = values[0]
  }

  /// 64 bits.
  mutating func code(_ name: String, bits: inout UInt64) throws {
    var halves = [Int(bits >> 32), Int(bits & 0xFFFF_FFFF)]
    try code(name, &halves)
    guard halves.allSatisfy({ (0..<1 << 32).contains($0) }) else { throw Mismatch(name: name) }
    bits = UInt64(halves[0]) << 32 | UInt64(halves[1])
  }
}
