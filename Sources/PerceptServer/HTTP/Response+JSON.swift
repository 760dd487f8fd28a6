import FoundationEssentials
package import HTTPTypes
import Hummingbird
package import NIOCore
import PerceptIO

extension Response {
  /// Creates a response with a JSON object on one line, with sorted keys and numbers that round-trip. Scalars that are
  /// unsafe on a terminal are escaped, because clients such as curl print the response.
  package init(json value: some Encodable, status: HTTPResponse.Status = .ok) {
    // Encoding strings and finite numbers cannot fail.
    let bytes = try? Self.line(of: value)
    self.init(
      status: bytes == nil ? .internalServerError : status, headers: [.contentType: "application/json"],
      body: ResponseBody(byteBuffer: ByteBuffer(bytes: bytes ?? [])))
  }

  /// Returns the JSON and a line feed, without a response.
  package static func line(of value: some Encodable) throws -> [UInt8] {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    return terminalSafe(json: Array(try encoder.encode(value))) + Array("\n".utf8)
  }

  init(_ line: JSONLine) { self.init(json: ByteBuffer(string: line.text + "\n")) }

  /// Creates a response with encoded JSON.
  init(json: ByteBuffer) {
    self.init(status: .ok, headers: [.contentType: "application/json"], body: ResponseBody(byteBuffer: json))
  }

  package init(_ refusal: RequestError) {
    self.init(
      status: refusal.status, headers: [.contentType: "application/json"],
      body: ResponseBody(byteBuffer: refusal.body))
    headers.append(contentsOf: refusal.headers)
    if refusal.leavesBody { headers[.connection] = "close" }
  }
}

extension RequestError {
  package var body: ByteBuffer {
    var line = JSONLine()
    line.set("error", reason)
    return ByteBuffer(string: line.text + "\n")
  }
}
