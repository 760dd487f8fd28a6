import PerceptLinearAlgebra

/// Changes inputs at random. Equal seeds give equal changes.
struct Mutator {
  private var generator: SeededGenerator
  /// The inputs that parts are taken from.
  private let seeds: [[UInt8]]

  private enum Change: CaseIterable {
    case bit, byte, sum, number, decimal, truncation, deletion, duplication, splice, repetition
  }

  init(_ seeds: [[UInt8]], seed: UInt64) {
    generator = SeededGenerator(seed: seed)
    self.seeds = seeds
  }

  /// Returns one of the seeds, with one change, less often up to four, or rarely up to 32.
  mutating func input() -> [UInt8] {
    var bytes = seeds.randomElement(using: &generator) ?? []
    let most = flip() ? 1 : number(below: 8) == 0 ? 32 : 4
    for _ in 0..<Int.random(in: 1...most, using: &generator) { change(&bytes) }
    return bytes
  }

  /// Returns a random truth value.
  mutating func flip() -> Bool { Bool.random(using: &generator) }

  private mutating func change(_ bytes: inout [UInt8]) {
    let place = place(in: bytes)
    guard place < bytes.count else { return bytes.append(byte()) }
    let part = place..<min(bytes.count, place + length())
    switch Change.allCases.randomElement(using: &generator) ?? .bit {
    case .bit: bytes[place] ^= 1 << UInt8(number(below: 8))
    case .byte: bytes[place] = byte()
    case .sum: bytes[place] &+= UInt8(truncatingIfNeeded: Int.random(in: -4...4, using: &generator))
    case .number: setNumber(in: &bytes, at: place)
    case .decimal: setDecimal(in: &bytes, after: place)
    case .truncation: if number(below: 4) == 0 { bytes.removeSubrange(place...) }
    case .deletion: bytes.removeSubrange(part)
    case .duplication: bytes.insert(contentsOf: bytes[part], at: self.place(in: bytes))
    case .splice: splice(&bytes, over: part)
    case .repetition: if flip() { bytes.insert(contentsOf: repetition(in: bytes), at: place) }
    }
  }

  private mutating func number(below limit: Int) -> Int { Int.random(in: 0..<max(limit, 1), using: &generator) }

  /// Returns a position, often near the start, where headers are.
  private mutating func place(in bytes: [UInt8]) -> Int { number(below: flip() ? min(bytes.count, 256) : bytes.count) }

  /// Returns the length of a part: small ones are more frequent.
  private mutating func length() -> Int { 1 + number(below: 1 << (1 + number(below: 10))) }

  private mutating func byte() -> UInt8 {
    let likely: [UInt8] = [0, 1, 127, 128, 255]
    return (flip() ? likely.randomElement(using: &generator) : nil) ?? UInt8.random(in: 0...255, using: &generator)
  }

  /// Writes an interesting number of one to eight bytes, in either byte order.
  private mutating func setNumber(in bytes: inout [UInt8], at place: Int) {
    let width = 1 << number(below: 4)
    let offset = UInt64(bitPattern: Int64(number(below: 4) == 0 ? Int.random(in: -8...8, using: &generator) : 0))
    let value = (Self.numbers.randomElement(using: &generator) ?? 0) &+ offset
    let start = flip() ? place / width * width : place
    let isBigEndian = flip()
    for i in 0..<min(width, bytes.count - start) {
      bytes[start + i] = UInt8(truncatingIfNeeded: value >> UInt64(8 * (isBigEndian ? width - 1 - i : i)))
    }
  }

  /// Limits of types, counts, and floating-point numbers of both sizes.
  private static let numbers: [UInt64] = {
    let counts: [UInt64] = [0, 1, 2, 3, 4, 8, 16, 100, 1000, 65_500, 1_000_000, 50_000_000, .max - 1, .max]
    let powers: [UInt64] = [7, 8, 15, 16, 20, 31, 32, 63].map { 1 << $0 }
    let doubles: [Double] = [.nan, .infinity, -.infinity, 1, -1, .leastNonzeroMagnitude, 1e300, -1e300, 9.2e18]
    let floats: [Float] = [.nan, .infinity, 1, 1e38]
    return counts + powers + powers.map { $0 - 1 } + doubles.map(\.bitPattern) + floats.map { UInt64($0.bitPattern) }
  }()

  /// Replaces the next decimal number in a text.
  private mutating func setDecimal(in bytes: inout [UInt8], after place: Int) {
    let digits = UInt8(ascii: "0")...UInt8(ascii: "9")
    guard let start = bytes[place...].firstIndex(where: digits.contains) else { return }
    let end = bytes[start...].firstIndex { !digits.contains($0) } ?? bytes.count
    bytes.replaceSubrange(start..<end, with: (Self.decimals.randomElement(using: &generator) ?? "").utf8)
  }

  private static let decimals = [
    "", "0", "-1", "1", "2", "00", "255", "256", "1000", "65535", "1048576", "2147483647", "2147483648", "4294967296",
    "1000000000000", "9007199254740993", "9223372036854775807", "9223372036854775808", "18446744073709551616", "0.5",
    "1e9", "1e308", "1e309", "-1e308", "1e-320", "1e999999999", "NaN", "Infinity", "null", "true", "\"0\"", "[]", "{}",
  ]

  /// Replaces a part by another, of any seed.
  private mutating func splice(_ bytes: inout [UInt8], over part: Range<Int>) {
    let other = seeds.randomElement(using: &generator) ?? []
    let start = place(in: other)
    bytes.replaceSubrange(part, with: other[start..<min(other.count, start + length())])
  }

  /// Returns repetitions of a byte that gives texts their structure, or of one that occurs.
  private mutating func repetition(in bytes: [UInt8]) -> [UInt8] {
    let structure = Array("[{(\"',;:\n\r\t =-\\".utf8) + [0, 255]
    let byte = (flip() ? structure : bytes).randomElement(using: &generator) ?? 0
    return Array(repeating: byte, count: 1 << number(below: 16))
  }
}
