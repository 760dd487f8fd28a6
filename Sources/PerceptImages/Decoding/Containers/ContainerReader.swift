/// Thrown if a container or a coded stream ends early or contradicts itself.
struct MalformedContainer: Error {
  let words: String

  static let truncated = MalformedContainer(words: "unexpected end of file")
}

/// Reads big-endian numbers and bits, most significant first, from a part of a file.
struct ContainerReader {
  private(set) var rest: ArraySlice<UInt8>
  /// The bits of the first byte of `rest` that are read already.
  private var usedBits = 0

  init(_ bytes: ArraySlice<UInt8>) { rest = bytes }

  /// Reads a number of up to 8 bytes. The largest is 2⁶² - 1.
  mutating func number(bytes count: Int) throws(MalformedContainer) -> Int {
    var number = 0
    for byte in try self.bytes(count) {
      guard number < 1 << 54 else { throw MalformedContainer(words: "a position is out of range") }
      number = number << 8 | Int(byte)
    }
    return number
  }

  mutating func bytes(_ count: Int) throws(MalformedContainer) -> ArraySlice<UInt8> {
    guard count <= rest.count else { throw .truncated }
    defer { rest = rest.dropFirst(count) }
    return rest.prefix(count)
  }

  mutating func fourCharacters() throws(MalformedContainer) -> String { String(decoding: try bytes(4), as: UTF8.self) }

  mutating func flag() throws(MalformedContainer) -> Bool { try bits(1) == 1 }

  /// Reads a number of up to 32 bits.
  mutating func bits(_ count: Int) throws(MalformedContainer) -> Int {
    var number = 0
    for _ in 0..<count {
      guard let byte = rest.first else { throw .truncated }
      number = number << 1 | Int(byte >> (7 - usedBits)) & 1
      usedBits = (usedBits + 1) % 8
      if usedBits == 0 { rest = rest.dropFirst() }
    }
    return number
  }

  mutating func skip(bits count: Int) throws(MalformedContainer) { for _ in 0..<count { _ = try bits(1) } }

  /// Reads a number with as many bits after its first 1 as zeros before it, less 1: `ue(v)` of HEVC, `uvlc` of AV1.
  mutating func exponentialGolomb() throws(MalformedContainer) -> Int {
    var zeros = 0
    while try !flag() {
      zeros += 1
      guard zeros < 32 else { throw MalformedContainer(words: "a number is out of range") }
    }
    return 1 << zeros - 1 + (try bits(zeros))
  }
}
