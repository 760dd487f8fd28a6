import Classification
import FoundationEssentials
package import HTTPTypes
package import Hummingbird
import Images
import NIOCore

/// Serves classifiers: `POST` or `PUT` a picture, get its class; a page to try them, and whether they are alive.
package struct PredictionSite: Site {
  /// What is served, by different names.
  package var models: [ServedModel] { shelf.models }
  package let limits: ServerLimits
  package let pool: WorkPool
  /// What the bodies of all requests may take.
  package let budget: BodyBudget
  private let shelf: ModelShelf
  /// What those who ask must show, if anything.
  private let token: Token?

  /// A site for some models.
  ///
  /// - Parameters:
  ///   - models: at least one, by different names.
  ///   - limits: what it takes from those who ask.
  package init(models: [ServedModel], limits: ServerLimits = ServerLimits()) {
    self.init(shelf: ModelShelf(models), limits: limits)
  }

  /// A site for models that can change.
  ///
  /// - Parameters:
  ///   - shelf: at least one model, by different names.
  ///   - limits: what it takes from those who ask.
  ///   - token: what they must show; without it only the page and the questions for its health are answered.
  package init(shelf: ModelShelf, limits: ServerLimits = ServerLimits(), token: Token? = nil) {
    let names = shelf.models.map(\.name)
    precondition(!names.isEmpty && Set(names).count == names.count, "names of models differ")
    (self.shelf, self.limits, self.token) = (shelf, limits, token)
    pool = WorkPool(
      threads: limits.concurrentPredictions, queueLength: limits.queueLength, limit: limits.answerTime)
    budget = BodyBudget(limit: limits.allBodiesBytes)
  }

  package func admits(_ headers: HTTPFields) -> Bool { token?.admits(headers) ?? true }

  package func model(askedBy request: Request) -> String? {
    let (path, models) = (request.pathParts, models)
    if path == ["predict"] { return models.count == 1 ? models[0].name : nil }
    guard let place = path.firstIndex(of: "models"), place + 1 < path.count else { return nil }
    return models.first { $0.name == path[place + 1] }?.name
  }

  package func answer(to request: Request) async throws -> Response {
    let path = request.pathParts
    let isAdmitted = admits(request.headers)
    if !isAdmitted, !path.isEmpty, path.first != "health" {
      throw RequestError.unauthorized(isWrong: request.headers[.authorization] != nil)
    }
    switch path {
    // Who has not shown the token gets the page without the names of models.
    case []:
      return try request.reading { TryPage.response(for: isAdmitted ? models : [], takesToken: token != nil) }
    case ["health", "live"]: return try request.reading { Response(json: Health(status: "live")) }
    case ["health", "ready"]: return try request.reading { Response(json: Health(status: "ready")) }
    case ["predict"]: return try await prediction(of: onlyModel, for: request)
    case _ where path.count == 3 && path[0] == "models" && path[2] == "predict":
      return try await prediction(of: model(named: path[1]), for: request)
    default:
      throw RequestError(.notFound, "there is nothing at \(request.uri.path); POST or PUT a picture to /predict")
    }
  }

  private func prediction(of model: @autoclosure () throws -> ServedModel, for request: Request) async throws
    -> Response
  {
    guard [.post, .put].contains(request.method) else {
      throw RequestError.wrongMethod(request.method, allowed: [.post, .put])
    }
    let model = try model()
    let body = try await request.body(within: limits, budget)
    let contentType = request.headers[.contentType] ?? ""
    let answer = try await pool.run { [limits] in
      let picture = try Self.picture(in: body.bytes, contentType: contentType)
      do {
        return try model.answer(for: picture, pixelBudget: limits.pixels)
      } catch let error as ImageError {
        throw RequestError(error)
      }
    }
    return Response(json: answer)
  }

  private static func picture(in body: [UInt8], contentType: String) throws -> [UInt8] {
    guard !body.isEmpty else {
      throw RequestError(.badRequest, "there is no picture in the body; send one with curl -T cat.jpg")
    }
    guard contentType.lowercased().hasPrefix("multipart/") else { return body }
    do {
      return try MultipartForm.file(in: body, contentType: contentType)
    } catch {
      throw RequestError(.badRequest, error.reason)
    }
  }

  private var onlyModel: ServedModel {
    get throws {
      guard models.count == 1 else {
        let names = models.map(\.name).joined(separator: ", ")
        throw RequestError(
          .notFound, "there are several models; ask /models/NAME/predict, where NAME is one of \(names)")
      }
      return models[0]
    }
  }

  private func model(named name: String) throws -> ServedModel {
    if let model = models.first(where: { $0.name == name }) { return model }
    let names = models.map(\.name).joined(separator: ", ")
    throw RequestError(.notFound, "there is no model \"\(name)\"; those served are \(names)")
  }
}

private struct Health: Encodable {
  let status: String
}
