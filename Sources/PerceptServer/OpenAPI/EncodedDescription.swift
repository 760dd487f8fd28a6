import Hummingbird
import NIOCore
import Synchronization

/// The OpenAPI description as JSON. It is encoded once for the same models, because encoding takes a millisecond.
final class EncodedDescription: Sendable {
  private let last = Mutex<(versions: [String], json: ByteBuffer)?>(nil)

  func response(of responder: PredictionResponder) throws -> Response {
    let versions = responder.models.map(\.version)
    let known = last.withLock { $0?.versions == versions ? $0?.json : nil }
    let json = try known ?? ByteBuffer(bytes: Response.line(of: OpenAPIDescription(responder).json))
    last.withLock { $0 = (versions, json) }
    return Response(json: json)
  }
}
