import PerceptServer
import PerceptLinearAlgebra
import Testing

@Suite("MultipartForm")
struct MultipartTests {
  static let type = "multipart/form-data; boundary=XyZ"
  static let file: [UInt8] = [0xFF, 0xD8, 13, 10, 45, 45, 88, 13, 10, 13, 10, 0, 45, 45]

  static func part(_ header: String, _ content: [UInt8], boundary: String = "XyZ") -> [UInt8] {
    Array("--\(boundary)\r\n\(header)\r\n\r\n".utf8) + content + Array("\r\n".utf8)
  }

  static let image = part(
    "Content-Disposition: form-data; name=\"image\"; filename=\"cat.jpg\"\r\nContent-Type: image/jpeg", file)
  static let field = part("Content-Disposition: form-data; name=\"note\"", Array("filename=x".utf8))
  static let end = Array("--XyZ--\r\n".utf8)

  static func read(_ bytes: [UInt8], _ type: String = type) throws(MultipartForm.Problem) -> [UInt8] {
    try MultipartForm.file(in: bytes, contentType: type)
  }

  @Test("finds the file alone, between fields, after a preamble, and before an epilogue")
  func found() throws {
    let preamble = Array("This is a form.\r\n\r\n".utf8)
    let forms: [[UInt8]] = [
      Self.image + Self.end, Self.field + Self.image + Self.end, Self.image + Self.field + Self.end,
      preamble + Self.image + Self.end, Self.image + Self.end + Self.image,
      Self.image + Array(Self.end.dropLast(2)),
      [13, 10] + Self.image + Self.end,
    ]
    for form in forms { #expect(try Self.read(form) == Self.file) }
    let empty = Self.part("Content-Disposition: form-data; filename=x", [])
    #expect(try Self.read(empty + Self.end) == [])
  }

  @Test(
    "reads file names as RFC 7578 specifies them and browsers write them",
    arguments: [
      "Content-Disposition: form-data; name=image; filename=cat.jpg",
      "CONTENT-DISPOSITION:form-data;FileName=\"a;b=\\\"c\\\".jpg\"",
      "X: 1\r\nContent-Disposition: form-data; filename*=UTF-8''c%C3%A4t.jpg\r\nY: 2",
      "content-disposition: Form-Data ; name=\"a\" ; filename=\"\"",
    ])
  func names(header: String) throws {
    #expect(try Self.read(Self.part(header, Self.file) + Self.end) == Self.file)
  }

  @Test(
    "a field is not a file because of quoted semicolons or other headers",
    arguments: [
      "Content-Disposition: form-data; name=\"a; filename=b\"", "Content-Disposition: attachment; filename=x",
      "Content-Type: image/jpeg; filename=x", "X-Content-Disposition: form-data; filename=x",
    ])
  func noFile(header: String) {
    #expect(throws: MultipartForm.Problem.self) { try Self.read(Self.part(header, Self.file) + Self.end) }
  }

  @Test("a form that is cut off at any byte is refused")
  func cuts() throws {
    let form = Array("preamble\r\n".utf8) + Self.field + Self.image + Self.end
    let whole = form.count - 2  // the last line end is optional
    for length in 0..<whole {
      #expect(throws: MultipartForm.Problem.self, "cut at \(length)") { try Self.read(Array(form[..<length])) }
    }
    for length in whole...form.count { #expect(try Self.read(Array(form[..<length])) == Self.file) }
  }

  @Test("randomly changed forms are read or refused, without a crash", arguments: 0..<20 as Range<UInt64>)
  func fuzz(seed: UInt64) {
    var generator = SeededGenerator(seed: seed)
    let form = Self.field + Self.image + Self.end
    let likely: [UInt8] = [13, 10, 45, 34, 59, 61, 92, 58, 0, 255]
    for _ in 0..<500 {
      var bytes = form
      for _ in 0..<Int.random(in: 1...6, using: &generator) {
        let position = Int.random(in: 0..<bytes.count, using: &generator)
        switch Int.random(in: 0..<4, using: &generator) {
        case 0: bytes[position] = likely.randomElement(using: &generator) ?? 0
        case 1: bytes.remove(at: position)
        case 2: bytes.insert(likely.randomElement(using: &generator) ?? 0, at: position)
        default: bytes[position] = UInt8.random(in: 0...255, using: &generator)
        }
      }
      if let file = try? Self.read(bytes) { #expect(file.count < bytes.count) }
    }
  }

  @Test("lines that do not end in CR LF are refused")
  func lineEnds() {
    let form = Self.image + Self.end
    let text = String(decoding: form.filter { $0 < 128 && $0 != 0 }, as: UTF8.self)
    for other in ["\n", "\r"] {
      let bytes = Array(text.split(separator: "\r\n", omittingEmptySubsequences: false).joined(separator: other).utf8)
      #expect(throws: MultipartForm.Problem.self) { try Self.read(bytes) }
    }
  }

  @Test("all boundaries that RFC 2046 allows are accepted; others are refused")
  func boundaries() throws {
    for boundary in [
      "0", "a-b", "--", "------WebKitFormBoundaryAbC", "'()+_,-./:=?", String(repeating: "z", count: 70),
    ] {
      let form = Self.part("Content-Disposition: form-data; filename=x", [1, 13, 10], boundary: boundary)
      let end = Array("--\(boundary)--".utf8)
      #expect(try Self.read(form + end, "Multipart/Form-Data; charset=utf-8; boundary=\"\(boundary)\"") == [1, 13, 10])
    }
    let types = ["multipart/form-data", "multipart/form-data; boundary=", "multipart/form-data; boundary=\"\""]
    for type in types + ["multipart/form-data; boundary=" + String(repeating: "z", count: 71)] {
      #expect(throws: MultipartForm.Problem.self) { try Self.read(Self.image + Self.end, type) }
    }
  }

  @Test("white space after a delimiter is ignored; other characters are refused")
  func padding() throws {
    let rest = Array(Self.image.dropFirst("--XyZ\r\n".utf8.count))
    #expect(try Self.read(Array("--XyZ \t\r\n".utf8) + rest + Self.end) == Self.file)
    #expect(throws: MultipartForm.Problem.self) { try Self.read(Array("--XyZx\r\n".utf8) + rest + Self.end) }
  }

  @Test("two files, no file, too many parts and too long headers are refused with the reason")
  func limits() {
    let long = Self.part(String(repeating: "X: y\r\n", count: MultipartForm.largestHeader) + "Z: z", [1])
    let many = (0...MultipartForm.largestCount).flatMap { _ in Self.field }
    for (form, reason) in [
      (Self.image + Self.image + Self.end, "more than one file"), (Self.field + Self.end, "no file"),
      (Self.end, "no file"), (many + Self.end, "more than 32 parts"), (long + Self.end, "longer than 8192 bytes"),
      (Array("nothing".utf8), "not contain the boundary"), ([], "not contain the boundary"),
      (Self.image, "incomplete"),
    ] {
      do {
        _ = try Self.read(form)
        Issue.record("the form was read, but expected an error: \(reason)")
      } catch {
        #expect(error.reason.contains(reason))
      }
    }
  }
}
