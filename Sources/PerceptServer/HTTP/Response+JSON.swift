import FoundationEssentials
package import HTTPTypes
import Hummingbird
package import NIOCore

extension Response {
  /// One JSON object on one line, keys sorted, numbers that round-trip.
  package init(json value: some Encodable, status: HTTPResponse.Status = .ok) {
    // Text and finite numbers are all there is to encode, which cannot fail.
    let bytes = try? Self.line(of: value)
    self.init(
      status: bytes == nil ? .internalServerError : status, headers: [.contentType: "application/json"],
      body: ResponseBody(byteBuffer: ByteBuffer(bytes: bytes ?? [])))
  }

  /// The JSON alone.
  package static func line(of value: some Encodable) throws -> [UInt8] {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    return Array(try encoder.encode(value)) + Array("\n".utf8)
  }

  /// One JSON object on one line, as it is.
  init(_ line: JSONLine) {
    self.init(
      status: .ok, headers: [.contentType: "application/json"],
      body: ResponseBody(byteBuffer: ByteBuffer(string: line.text + "\n")))
  }

  /// Why a request is refused.
  package init(_ refusal: RequestError) {
    self.init(
      status: refusal.status, headers: [.contentType: "application/json"],
      body: ResponseBody(byteBuffer: refusal.body))
    headers.append(contentsOf: refusal.headers)
    if refusal.leavesBody { headers[.connection] = "close" }
  }
}

extension RequestError {
  /// `{"error": …}`, on one line.
  package var body: ByteBuffer {
    var line = JSONLine()
    line.set("error", reason)
    return ByteBuffer(string: line.text + "\n")
  }
}
