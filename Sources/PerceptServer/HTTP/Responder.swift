package import HTTPTypes
package import Hummingbird

/// What a server answers with: one for predictions, one for the studio.
package protocol Responder: Sendable {
  /// What it takes from those who ask.
  var limits: ServerLimits { get }

  /// The answer to a request.
  ///
  /// - Throws: ``RequestError`` for what is refused; anything else is a fault of ours.
  func answer(to request: Request) async throws -> Response

  /// Whether a request with these headers may send its body.
  func admits(_ headers: HTTPFields) -> Bool

  /// The name of the model that a request is about, for the log.
  func model(askedBy request: Request) -> String?
}

extension Responder {
  package func admits(_ headers: HTTPFields) -> Bool { true }

  package func model(askedBy request: Request) -> String? { nil }
}

extension Request {
  /// The parts of the path between slashes, decoded.
  package var pathParts: [String] { uri.path.split(separator: "/").map { percentDecoded($0) } }

  /// What stands behind the question mark, decoded; of two values with one name the last counts.
  package var query: [String: String] {
    let pairs = uri.queryParameters.map { (percentDecoded($0.key), percentDecoded($0.value)) }
    return Dictionary(pairs) { $1 }
  }
}
