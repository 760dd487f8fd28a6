/// A number of bytes as people write it: `500`, `64K`, `32M`, `10G`, where K, M and G are powers of 1024.
package struct ByteCount: Sendable {
  /// The bytes.
  package let value: Int

  /// What a text says; nil where it is no such number, or one too large.
  package init?(_ text: String) {
    let units: [Character: Int] = ["K": 1 << 10, "M": 1 << 20, "G": 1 << 30]
    let unit = text.last.flatMap { units[Character($0.uppercased())] }
    let digits = unit == nil ? text[...] : text.dropLast()
    guard digits.utf8.allSatisfy((UInt8(ascii: "0")...UInt8(ascii: "9")).contains), let number = Int(digits) else {
      return nil
    }
    let (bytes, overflow) = number.multipliedReportingOverflow(by: unit ?? 1)
    guard !overflow else { return nil }
    value = bytes
  }
}
