/// A number of bytes that is parsed from text such as `500`, `64K`, `32M` or `10G`. K, M and G are powers of 1024.
package struct ByteCount: Sendable {
  package let value: Int

  /// Parses a byte count; `nil` if the text is malformed or the value exceeds `Int.max`.
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
