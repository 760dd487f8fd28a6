import FoundationEssentials
package import HTTPTypes
package import Hummingbird
import NIOCore
import PerceptFeatures
import PerceptImages
import PerceptModels

/// Serves classifiers: predictions, the Open Inference Protocol, a demo page, health checks, metrics and OpenAPI.
package struct PredictionResponder: Responder {
  /// The names are unique.
  package var models: [ServedModel] { repository.models }
  package let limits: ServerLimits
  /// The threads that decode and classify images.
  package let pool: WorkPool
  let metrics = Metrics()
  private let description = EncodedDescription()
  package let budget: BodyBudget
  private let repository: ModelRepository
  private let token: Token?

  /// Serves at least one model, with unique names. The models are not reloaded.
  package init(models: [ServedModel], limits: ServerLimits = ServerLimits()) {
    self.init(repository: ModelRepository(models), limits: limits)
  }

  /// Serves at least one model, with unique names. The demo page and health checks never require the token.
  package init(repository: ModelRepository, limits: ServerLimits = ServerLimits(), token: Token? = nil) {
    let names = repository.models.map(\.name)
    precondition(
      !names.isEmpty && Set(names).count == names.count, "model names must be unique, and there must be a model")
    (self.repository, self.limits, self.token) = (repository, limits, token)
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

  package func record(_ status: HTTPResponse.Status, of request: Request?, after time: Duration) {
    metrics.count(status, at: request.flatMap { Route.match($0.pathParts)?.route }, after: time)
  }

  package func answer(to request: Request) async throws -> Response {
    let match = Route.match(request.pathParts)
    return try await metrics.countingInFlight {
      let isAdmitted = admits(request.headers)
      guard isAdmitted || match?.route.isOpen == true else {
        throw RequestError.unauthorized(isWrong: request.headers[.authorization] != nil)
      }
      guard let match else {
        let paths = Route.allCases.map(\.rawValue).joined(separator: ", ")
        throw RequestError(.notFound, "no such path: \(request.uri.path); the paths are \(paths)")
      }
      guard match.route.methods.contains(request.method) else {
        throw RequestError.wrongMethod(request.method, allowed: match.route.methods)
      }
      return try await answer(to: request, at: match, isAdmitted: isAdmitted)
    }
  }

  private func answer(to request: Request, at match: Route.Match, isAdmitted: Bool) async throws -> Response {
    switch match.route {
    // Without the token, the page does not contain the names of the models.
    case .page: DemoPage.response(for: isAdmitted ? models : [], takesToken: token != nil)
    case .live: Response(json: Health(status: "live"))
    case .ready, .health: Response(json: Health(status: "ready"))
    case .metrics: metrics.text(of: self).response
    case .openAPI: try description.response(of: self)
    case .models: Response(json: ModelList(models: models.map(ModelList.Model.init)))
    case .prediction: try await prediction(of: onlyModel, for: request)
    case .modelPrediction: try await prediction(of: model(of: match), for: request)
    case .explanation: try await explanation(of: model(of: match), for: request)
    case .server: Response(json: InferenceProtocol.ServerDescription())
    case .serverLive: Response(json: ["live": true])
    case .serverReady: Response(json: ["ready": true])
    case .model, .version: Response(json: ModelDescription(try model(of: match)))
    case .modelReady, .versionReady: Response(json: ModelReadiness(name: try model(of: match).name))
    case .inference, .versionInference:
      try await InferenceProtocol(responder: self).answer(to: request, by: model(of: match))
    }
  }

  private func prediction(of model: ServedModel, for request: Request) async throws -> Response {
    let body = try await request.body(within: limits, budget)
    let contentType = request.headers[.contentType] ?? ""
    let answer = try await pool.run { [limits, metrics] in
      let image = try Self.image(in: body.bytes, contentType: contentType)
      do {
        return model.answer(
          try metrics.counting(model) { try model.prediction(for: image, pixelBudget: limits.pixels) })
      } catch let error as ImageError {
        throw RequestError(error)
      }
    }
    return Response(answer.line)
  }

  private func explanation(of model: ServedModel, for request: Request) async throws -> Response {
    let body = try await request.body(within: limits, budget)
    let contentType = request.headers[.contentType] ?? ""
    let line = try await pool.run { [limits, metrics] in
      let image = try Self.image(in: body.bytes, contentType: contentType)
      do {
        let (prediction, prepared) = try metrics.counting(model) {
          let prepared = try model.prepared(image, pixelBudget: limits.pixels)
          return (prepared.features.withUnsafeBufferPointer(model.classifier.predict), prepared)
        }
        return try model.explanation(of: prepared, prediction)
      } catch let error as ImageError {
        throw RequestError(error)
      }
    }
    return Response(line)
  }

  private static func image(in body: [UInt8], contentType: String) throws -> [UInt8] {
    guard !body.isEmpty else {
      throw RequestError(.badRequest, "the body is empty; send an image, as curl -T cat.jpg does")
    }
    if contentType.lowercased().hasPrefix("multipart/") {
      do {
        return try MultipartForm.file(in: body, contentType: contentType)
      } catch {
        throw RequestError(.badRequest, error.reason)
      }
    }
    if let encoding = textEncoding(of: body) {
      throw RequestError(
        .unsupportedMediaType,
        "the body is \(encoding), not an image; send the image itself, as curl -T cat.jpg does, or base64 in JSON to "
          + Route.inference.rawValue)
    }
    return body
  }

  /// Returns the text that clients of other services often send instead of an image, judging by how the body begins.
  private static func textEncoding(of body: [UInt8]) -> String? {
    let start = body.drop { $0 == 32 || (9...13).contains($0) }
    if [UInt8(ascii: "{"), UInt8(ascii: "["), UInt8(ascii: "\"")].contains(start.first) { return "JSON" }
    // A data URL, and base64 of the first bytes of JPEG, PNG, WebP, GIF and TIFF files.
    let starts = ["data:image/", "/9j/", "iVBORw0KGgo", "UklGR", "R0lGOD", "SUkqA", "TU0AK"]
    let isBase64 = starts.contains { start.starts(with: $0.utf8) }
    return isBase64 ? "base64" : nil
  }

  private var onlyModel: ServedModel {
    get throws {
      guard models.count == 1 else {
        let names = models.map(\.name).joined(separator: ", ")
        throw RequestError(
          .notFound, "the server has several models; use /models/NAME/predict, where NAME is one of \(names)")
      }
      return models[0]
    }
  }

  /// Checks the version, too, if the path names one.
  private func model(of match: Route.Match) throws -> ServedModel {
    let (name, version) = (match.parameters["name"] ?? "", match.parameters["version"])
    guard let model = models.first(where: { $0.name == name }) else {
      let names = models.map(\.name).joined(separator: ", ")
      throw RequestError(.notFound, "no model named \"\(name)\"; the models are \(names)")
    }
    guard version == nil || version == model.version else {
      throw RequestError(.notFound, "model \"\(name)\" has no such version; its version is \(model.version)")
    }
    return model
  }
}

private struct Health: Encodable {
  let status: String
}

private struct ModelList: Encodable {
  struct Model: Encodable {
    let name: String
    let version: String
    let classes: [String]

    init(_ model: ServedModel) {
      (name, version, classes) = (model.name, model.version, model.classifier.classNames)
    }
  }

  let models: [Model]
}

private struct ModelReadiness: Encodable {
  let name: String
  let ready = true
}
