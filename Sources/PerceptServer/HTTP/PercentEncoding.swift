/// Decodes percent-encoded bytes such as `%20`. If the encoding is invalid or not UTF-8, returns the text unchanged.
package func percentDecoded(_ text: some StringProtocol) -> String {
  var (bytes, rest) = ([UInt8](), Array(text.utf8)[...])
  while let byte = rest.popFirst() {
    guard byte == UInt8(ascii: "%") else {
      bytes.append(byte)
      continue
    }
    let digits = String(decoding: rest.prefix(2), as: UTF8.self)
    guard digits.utf8.count == 2, digits.allSatisfy(\.isHexDigit), let value = UInt8(digits, radix: 16) else {
      return String(text)
    }
    bytes.append(value)
    rest = rest.dropFirst(2)
  }
  return String(validating: bytes, as: UTF8.self) ?? String(text)
}
