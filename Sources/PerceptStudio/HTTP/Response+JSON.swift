import FoundationEssentials
import HTTPTypes
import Hummingbird
import NIOCore

extension Response {
  /// One JSON object on one line, keys sorted, numbers that round-trip.
  init(json value: some Encodable, status: HTTPResponse.Status = .ok) {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    // Text and finite numbers are all there is to encode, which cannot fail.
    let bytes = (try? encoder.encode(value)).map { Array($0) + Array("\n".utf8) }
    self.init(
      status: bytes == nil ? .internalServerError : status, headers: [.contentType: "application/json"],
      body: ResponseBody(byteBuffer: ByteBuffer(bytes: bytes ?? [])))
  }

  /// Why a request is refused.
  init(_ refusal: RequestError) {
    self.init(
      status: refusal.status, headers: [.contentType: "application/json"],
      body: ResponseBody(byteBuffer: refusal.body))
    headers.append(contentsOf: refusal.headers)
    if refusal.leavesBody { headers[.connection] = "close" }
  }
}

extension RequestError {
  /// `{"error": …}`, on one line.
  var body: ByteBuffer {
    var line = JSONLine()
    line.set("error", reason)
    return ByteBuffer(string: line.text + "\n")
  }
}
