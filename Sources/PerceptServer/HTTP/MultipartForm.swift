import Glibc

/// The one file in a `multipart/form-data` body (RFC 7578), as forms and `curl -F image=@cat.jpg` send it.
///
/// Lines end in CR LF and the last delimiter must be there, so that no file that was cut off passes for a whole one. Fields
/// without a file name are passed over. A body has at most ``largestCount`` parts with headers of ``largestHeader`` bytes.
package struct MultipartForm {
  /// What is wrong with a body.
  package struct Problem: Error, Equatable {
    package let reason: String
  }

  package static let largestCount = 32
  package static let largestHeader = 8 << 10

  private let bytes: [UInt8]
  private let delimiter: [UInt8]

  /// The bytes of the file in a body.
  ///
  /// - Parameters:
  ///   - bytes: the whole body.
  ///   - contentType: the request's header of this name.
  /// - Returns: the file's content.
  /// - Throws: ``Problem`` where there is not one file, or the body is malformed or cut off.
  package static func file(in bytes: [UInt8], contentType: String) throws(Problem) -> [UInt8] {
    let type = HeaderValue(contentType)
    guard let boundary = type.parameters["boundary"], (1...70).contains(boundary.utf8.count) else {
      throw Problem(reason: "the Content-Type names no boundary of 1 to 70 characters")
    }
    return try MultipartForm(bytes: bytes, delimiter: Array("\r\n--\(boundary)".utf8)).file()
  }

  private func file() throws(Problem) -> [UInt8] {
    var found: Range<Int>?
    var position = try firstPart()
    for _ in 0..<Self.largestCount {
      guard let start = position else {
        guard let found else { throw Problem(reason: "the form holds no file; send one with curl -F image=@cat.jpg") }
        return Array(bytes[found])
      }
      let (isFile, content) = try header(from: start)
      guard let end = index(of: delimiter, from: content - 2) else {
        throw Problem(reason: "the form is cut off: its last delimiter is missing")
      }
      if isFile {
        guard found == nil else { throw Problem(reason: "the form holds more than one file; send one at a time") }
        found = content..<max(content, end)
      }
      position = try part(after: end + delimiter.count)
    }
    throw Problem(reason: "the form has more than \(Self.largestCount) parts")
  }

  /// Where the first part begins, after the preamble; the body's first delimiter may stand at its very start.
  private func firstPart() throws(Problem) -> Int? {
    if bytes.starts(with: delimiter[2...]) { return try part(after: delimiter.count - 2) }
    guard let start = index(of: delimiter, from: 0) else {
      throw Problem(reason: "the form's boundary is nowhere in it")
    }
    return try part(after: start + delimiter.count)
  }

  /// Where the part after a delimiter begins; nil after the last one.
  private func part(after end: Int) throws(Problem) -> Int? {
    if bytes[end...].starts(with: "--".utf8) { return nil }
    var position = end
    while position < bytes.count, bytes[position] == 32 || bytes[position] == 9 { position += 1 }
    guard bytes[position...].starts(with: [13, 10]) else {
      throw Problem(reason: "a delimiter of the form is cut off or has something behind it")
    }
    return position + 2
  }

  /// Whether the part that begins at `start` is a file, and where its content begins.
  private func header(from start: Int) throws(Problem) -> (isFile: Bool, content: Int) {
    // A part without headers begins with the empty line; the line end before `start` is the delimiter's.
    guard let end = index(of: [13, 10, 13, 10], from: start - 2, limit: Self.largestHeader) else {
      throw Problem(reason: "the header of a part is cut off or longer than \(Self.largestHeader) bytes")
    }
    let text = start < end ? String(decoding: bytes[start..<end], as: UTF8.self) : ""
    for line in text.split(separator: "\r\n") {
      guard let colon = line.firstIndex(of: ":") else { throw Problem(reason: "a part's header has a line without :") }
      guard line[..<colon].lowercased() == "content-disposition" else { continue }
      let value = HeaderValue(String(line[line.index(after: colon)...]))
      let isFile = value.parameters["filename"] != nil || value.parameters["filename*"] != nil
      return (value.name == "form-data" && isFile, end + 4)
    }
    return (false, end + 4)
  }

  /// Where `needle`, which begins with CR, stands next among the first `limit` bytes from `start`.
  private func index(of needle: [UInt8], from start: Int, limit: Int = .max) -> Int? {
    bytes.withUnsafeBytes { all in
      guard let base = all.baseAddress else { return nil }
      let end = start + min(all.count - start, limit)
      var position = start
      while position + needle.count <= end {
        guard let found = memchr(base + position, 13, end - needle.count + 1 - position) else { return nil }
        position = UnsafeRawPointer(found) - base
        if memcmp(found, needle, needle.count) == 0 { return position }
        position += 1
      }
      return nil
    }
  }
}
