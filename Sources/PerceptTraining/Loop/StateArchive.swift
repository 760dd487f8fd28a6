/// The state of a training run between two updates, as named lists of numbers, for a checkpoint. Each type has one
/// function, `code`, which either encodes its state into the archive or decodes it, so both directions always match.
/// Float32 numbers, integers below 2⁵³ and Booleans are stored exactly as Float64.
struct StateArchive {
  /// The error of a list that is missing, or has invalid content.
  struct Mismatch: Error {
    let name: String
  }

  /// The integers of a state: all are counts or indices.
  private static let integers = 0...1 << 53

  private(set) var lists: [String: [Double]]
  private let isRestoring: Bool

  /// Creates an empty archive for encoding.
  init() {
    (lists, isRestoring) = ([:], false)
  }

  /// Creates an archive for decoding.
  init(_ lists: [String: [Double]]) {
    (self.lists, isRestoring) = (lists, true)
  }

  /// Encodes or decodes a list of fixed length.
  mutating func code<Number: BinaryFloatingPoint>(_ name: String, _ values: inout [Number]) throws {
    let count = values.count
    try code(growing: name, &values)
    guard values.count == count else { throw Mismatch(name: name) }
  }

  /// Encodes or decodes a list of variable length.
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

  mutating func code(_ name: String, _ values: inout [Int]) throws {
    let count = values.count
    try code(growing: name, &values)
    guard values.count == count else { throw Mismatch(name: name) }
  }

  mutating func code(growing name: String, _ values: inout [Int]) throws {
    var numbers = values.map(Double.init)
    try code(growing: name, &numbers)
    if isRestoring {
      values = try numbers.map {
        guard let value = Int(exactly: $0), Self.integers.contains(value) else { throw Mismatch(name: name) }
        return value
      }
    }
  }

  mutating func code(_ name: String, _ value: inout Int) throws {
    var values = [value]
    try code(name, &values)
    value = values[0]
  }

  mutating func code(_ name: String, bits: inout UInt64) throws {
    var halves = [Int(bits >> 32), Int(bits & 0xFFFF_FFFF)]
    try code(name, &halves)
    guard halves.allSatisfy({ (0..<1 << 32).contains($0) }) else { throw Mismatch(name: name) }
    bits = UInt64(halves[0]) << 32 | UInt64(halves[1])
  }
}
