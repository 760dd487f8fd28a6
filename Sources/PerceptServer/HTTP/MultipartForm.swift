import PerceptPlatform

/// Extracts the file from a `multipart/form-data` body (RFC 7578). Lines must end in CR LF and the closing delimiter is
/// required, so that a truncated file is never accepted. Fields without a file name are ignored.
package struct MultipartForm {
  package struct Problem: Error, Equatable {
    package let reason: String
  }

  /// The largest number of parts.
  package static let largestCount = 32
  /// The largest size of a part's headers in bytes.
  package static let largestHeader = 8 << 10

  private let bytes: [UInt8]
  private let delimiter: [UInt8]

  /// Returns the only file in a body. Throws ``Problem`` if the body is malformed, truncated, or has not just one file.
  package static func file(in bytes: [UInt8], contentType: String) throws(Problem) -> [UInt8] {
    let type = HeaderValue(contentType)
    guard let boundary = type.parameters["boundary"], (1...70).contains(boundary.utf8.count) else {
      throw Problem(reason: "the Content-Type header has no boundary of 1 to 70 characters")
    }
    return try MultipartForm(bytes: bytes, delimiter: Array("\r\n--\(boundary)".utf8)).file()
  }

  private func file() throws(Problem) -> [UInt8] {
    var found: Range<Int>?
    var position = try firstPart()
    for _ in 0..<Self.largestCount {
      guard let start = position else {
        guard let found else {
          throw Problem(reason: "the form contains no file; send one with curl -F image=@cat.jpg")
        }
        return Array(bytes[found])
      }
      let (isFile, content) = try header(from: start)
      guard let end = index(of: delimiter, from: content - 2) else {
        throw Problem(reason: "the form is incomplete: its closing delimiter is missing")
      }
      if isFile {
        guard found == nil else { throw Problem(reason: "the form contains more than one file; send them one by one") }
        found = content..<max(content, end)
      }
      position = try part(after: end + delimiter.count)
    }
    throw Problem(reason: "the form has more than \(Self.largestCount) parts")
  }

  /// Returns the start of the first part, after the preamble. The first delimiter may be at the very start of the body.
  private func firstPart() throws(Problem) -> Int? {
    if bytes.starts(with: delimiter[2...]) { return try part(after: delimiter.count - 2) }
    guard let start = index(of: delimiter, from: 0) else {
      throw Problem(reason: "the form does not contain the boundary that the Content-Type header names")
    }
    return try part(after: start + delimiter.count)
  }

  /// Returns the start of the part after the delimiter that ends at `end`, or nil if it is the closing delimiter.
  private func part(after end: Int) throws(Problem) -> Int? {
    if bytes[end...].starts(with: "--".utf8) { return nil }
    var position = end
    while position < bytes.count, bytes[position] == 32 || bytes[position] == 9 { position += 1 }
    guard bytes[position...].starts(with: [13, 10]) else {
      throw Problem(reason: "a delimiter of the form is incomplete or followed by other characters")
    }
    return position + 2
  }

  private func header(from start: Int) throws(Problem) -> (isFile: Bool, content: Int) {
    // A part without headers begins with the empty line, so start at the line end of the delimiter.
    guard let end = index(of: [13, 10, 13, 10], from: start - 2, limit: Self.largestHeader) else {
      throw Problem(reason: "the header of a part is incomplete or longer than \(Self.largestHeader) bytes")
    }
    let text = start < end ? String(decoding: bytes[start..<end], as: UTF8.self) : ""
    for line in text.split(separator: "\r\n") {
      guard let colon = line.firstIndex(of: ":") else { throw Problem(reason: "a header line of a part has no colon") }
      guard line[..<colon].lowercased() == "content-disposition" else { continue }
      let value = HeaderValue(String(line[line.index(after: colon)...]))
      let isFile = value.parameters["filename"] != nil || value.parameters["filename*"] != nil
      return (value.name == "form-data" && isFile, end + 4)
    }
    return (false, end + 4)
  }

  /// Returns the next position of `needle`, which begins with CR, within the first `limit` bytes from `start`.
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
