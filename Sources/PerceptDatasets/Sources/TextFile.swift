import PerceptIO

/// Reads label files as text.
enum TextFile {
  /// Returns the text of a file in UTF-8, without a byte order mark. Throws ``FileError`` if it cannot be read, and
  /// ``DatasetError`` if it is no text or, with the number of the line, if it seems to be text in another encoding.
  static func read(_ path: String) throws -> String {
    let bytes = try FileSystem.read(path)
    if isUTF16(bytes) { throw otherEncoding("UTF-16", path: path, line: 1) }
    guard !bytes.contains(0) else { throw DatasetError.notData(path: path) }
    if let text = String(validating: bytes, as: UTF8.self) {
      return text.unicodeScalars.first == "\u{FEFF}" ? String(text.unicodeScalars.dropFirst()) : text
    }
    guard bytes.allSatisfy({ $0 >= 0x20 || (9...13).contains($0) }) else { throw DatasetError.notData(path: path) }
    let lines = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
    let line = lines.firstIndex { String(validating: $0, as: UTF8.self) == nil } ?? 0
    throw otherEncoding("Windows-1252", path: path, line: line + 1)
  }

  /// Whether bytes begin with a byte order mark of UTF-16, or with ASCII characters in UTF-16.
  private static func isUTF16(_ bytes: [UInt8]) -> Bool {
    if bytes.starts(with: [0xFF, 0xFE]) || bytes.starts(with: [0xFE, 0xFF]) { return true }
    let zeros = bytes.prefix(16).map { $0 == 0 }
    guard zeros.count >= 4 else { return false }
    return [0, 1].contains { parity in zeros.indices.allSatisfy { zeros[$0] == ($0 % 2 == parity) } }
  }

  private static func otherEncoding(_ name: String, path: String, line: Int) -> DatasetError {
    .malformedLine(path: path, line: line, problem: "not UTF-8 text (it looks like \(name)); save the file as UTF-8")
  }
}
