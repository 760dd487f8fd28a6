import CPerceptSHA256

/// Returns the SHA-256 digest of bytes as 64 lowercase hexadecimal digits.
package func sha256(_ bytes: some Collection<UInt8>) -> String {
  var digest = [UInt8](repeating: 0, count: 32)
  let isDone: Void? = bytes.withContiguousStorageIfAvailable { csha256($0.baseAddress, $0.count, &digest) }
  if isDone == nil { return sha256(Array(bytes)) }
  let digits = Array("0123456789abcdef".utf8)
  return String(decoding: digest.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
}
