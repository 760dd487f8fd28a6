package import Hummingbird

/// What a server answers with: one for predictions, one for the studio.
package protocol Site: Sendable {
  /// What it takes from those who ask.
  var limits: ServerLimits { get }

  /// The answer to a request.
  ///
  /// - Throws: ``RequestError`` for what is refused; anything else is a fault of ours.
  func answer(to request: Request) async throws -> Response
}

/// Makes a response of whatever a site answers, refusals included: they are JSON, `{"error": …}`.
package struct SiteResponder<Pages: Site>: HTTPResponder {
  package typealias Context = Connection

  package let site: Pages

  package init(_ site: Pages) { self.site = site }

  package func respond(to request: Request, context: Connection) async -> Response {
    do {
      return try await site.answer(to: request)
    } catch let error as RequestError {
      var response = Response(json: Refusal(error: error.reason), status: error.status)
      response.headers.append(contentsOf: error.headers)
      if error.leavesBody {
        response.headers[.connection] = "close"
        context.close(after: site.limits.lingeringTime)
      }
      return response
    } catch {
      return Response(json: Refusal(error: "this should not have happened: \(error)"), status: .internalServerError)
    }
  }
}

private struct Refusal: Encodable {
  let error: String
}

extension Request {
  /// An answer for those who read, with or without its body.
  func reading(_ answer: () throws -> Response) throws -> Response {
    switch method {
    case .get: return try answer()
    case .head: return try answer().createHeadResponse()
    default: throw RequestError.wrongMethod(method, allowed: [.get, .head])
    }
  }

  /// The parts of the path between slashes, decoded.
  var pathParts: [String] { uri.path.split(separator: "/").map { percentDecoded($0) } }

  /// What stands behind the question mark, decoded; of two values with one name the last counts.
  var query: [String: String] {
    let pairs = uri.queryParameters.map { (percentDecoded($0.key), percentDecoded($0.value)) }
    return Dictionary(pairs) { $1 }
  }
}
