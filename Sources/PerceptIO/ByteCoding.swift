/// Encodes integers as eight little-endian bytes, and strings as their length in bytes followed by UTF-8.
package struct ByteWriter {
  package private(set) var bytes: [UInt8] = []

  package init() {}

  package mutating func write(_ number: Int64) {
    withUnsafeBytes(of: number.littleEndian) { bytes.append(contentsOf: $0) }
  }

  package mutating func write(_ number: Int) { write(Int64(number)) }

  package mutating func write(_ text: String) {
    var text = text
    text.withUTF8 { utf8 in
      write(utf8.count)
      bytes.append(contentsOf: utf8)
    }
  }
}

/// Decodes the values that a ``ByteWriter`` encoded. Returns nil for malformed bytes and never reads out of bounds.
package struct ByteReader {
  private var rest: Slice<UnsafeRawBufferPointer>

  package init(_ bytes: UnsafeRawBufferPointer) { rest = bytes[...] }

  package var isAtEnd: Bool { rest.isEmpty }

  package mutating func number() -> Int64? {
    guard rest.count >= 8 else { return nil }
    defer { rest = rest.dropFirst(8) }
    return Int64(littleEndian: UnsafeRawBufferPointer(rebasing: rest.prefix(8)).loadUnaligned(as: Int64.self))
  }

  /// A number of elements; nil if it exceeds the number of remaining bytes, as every element takes at least one.
  package mutating func count() -> Int? {
    guard let number = number(), (0...Int64(rest.count)).contains(number) else { return nil }
    return Int(number)
  }

  package mutating func text() -> String? {
    guard let length = count() else { return nil }
    defer { rest = rest.dropFirst(length) }
    return String(validating: rest.prefix(length), as: UTF8.self)
  }
}
