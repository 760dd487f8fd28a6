package import HTTPTypes
package import Hummingbird

/// Makes the responses of a server. The prediction server and the studio conform to it.
package protocol Responder: Sendable {
  var limits: ServerLimits { get }

  /// Throws ``RequestError`` to refuse the request. Any other error is reported as an internal error (500).
  func answer(to request: Request) async throws -> Response

  /// Returns whether a request with these headers may send its body.
  func admits(_ headers: HTTPFields) -> Bool

  /// Returns the name of the model that a request addresses, for the log.
  func model(askedBy request: Request) -> String?

  /// Records a response for metrics. `request` is nil if it could not be read.
  func record(_ status: HTTPResponse.Status, of request: Request?, after time: Duration)
}

extension Responder {
  package func admits(_ headers: HTTPFields) -> Bool { true }

  package func model(askedBy request: Request) -> String? { nil }

  package func record(_ status: HTTPResponse.Status, of request: Request?, after time: Duration) {}
}

/// Returns whether a path is that of a health check, which arrives every few seconds.
func isHealthCheck(_ path: String) -> Bool {
  ["/health", "/health/live", "/health/ready"].contains { path.hasSuffix($0) }
}

extension Request {
  package var pathParts: [String] { uri.path.split(separator: "/").map { percentDecoded($0) } }

  /// The query's parameters, percent-decoded. If a name occurs twice, its last value is used.
  package var query: [String: String] {
    let pairs = uri.queryParameters.map { (percentDecoded($0.key), percentDecoded($0.value)) }
    return Dictionary(pairs) { $1 }
  }
}
