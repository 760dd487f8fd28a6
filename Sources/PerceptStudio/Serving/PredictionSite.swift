import Classification
import FoundationEssentials
import HTTPTypes
package import Hummingbird
import Images
import NIOCore

/// Serves classifiers: `POST` or `PUT` a picture, get its class; a page to try them, and whether they are alive.
package struct PredictionSite: Site {
  /// What is served, by different names.
  package let models: [ServedModel]
  package let limits: ServerLimits
  package let pool: WorkPool
  let metrics = Metrics()

  /// A site for some models.
  ///
  /// - Parameters:
  ///   - models: at least one, by different names.
  ///   - limits: what it takes from those who ask.
  package init(models: [ServedModel], limits: ServerLimits = ServerLimits()) {
    precondition(!models.isEmpty && Set(models.map(\.name)).count == models.count, "names of models differ")
    self.models = models
    self.limits = limits
    pool = WorkPool(threads: limits.concurrentPredictions, queueLength: limits.queueLength)
  }

  package func answer(to request: Request) async throws -> Response {
    let match = Route.match(request.pathParts)
    return try await metrics.counting(match?.route) {
      guard let match else {
        throw RequestError(.notFound, "there is nothing at \(request.uri.path); POST or PUT a picture to /predict")
      }
      guard match.route.methods.contains(request.method) else {
        throw RequestError.wrongMethod(request.method, allowed: match.route.methods)
      }
      let response = try await answer(to: request, at: match)
      return request.method == .head ? response.createHeadResponse() : response
    }
  }

  private func answer(to request: Request, at match: Route.Match) async throws -> Response {
    switch match.route {
    case .page: TryPage.response(for: models)
    case .live: Response(json: Health(status: "live"))
    case .ready: Response(json: Health(status: "ready"))
    case .metrics: metrics.text(of: self).response
    case .openAPI: Response(json: InterfaceDescription(self).json)
    case .prediction: try await prediction(of: onlyModel, for: request)
    case .modelPrediction: try await prediction(of: model(of: match), for: request)
    case .server: Response(json: InferenceProtocol.ServerDescription())
    case .serverLive: Response(json: ["live": true])
    case .serverReady: Response(json: ["ready": true])
    case .model, .version: Response(json: ModelDescription(try model(of: match)))
    case .modelReady, .versionReady: Response(json: ModelReadiness(name: try model(of: match).name))
    case .inference, .versionInference:
      try await InferenceProtocol(site: self).answer(to: request, by: model(of: match))
    }
  }

  private func prediction(of model: ServedModel, for request: Request) async throws -> Response {
    let body = try await request.bytes(within: limits)
    let contentType = request.headers[.contentType] ?? ""
    let answer = try await pool.run { [limits, metrics] in
      let picture = try Self.picture(in: body, contentType: contentType)
      do {
        return model.answer(
          try metrics.counting(model) { try model.prediction(for: picture, pixelBudget: limits.pixels) })
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

  /// The model that a path names, and its version where it names one.
  private func model(of match: Route.Match) throws -> ServedModel {
    let (name, version) = (match.parameters["name"] ?? "", match.parameters["version"])
    guard let model = models.first(where: { $0.name == name }) else {
      let names = models.map(\.name).joined(separator: ", ")
      throw RequestError(.notFound, "there is no model \"\(name)\"; those served are \(names)")
    }
    guard version == nil || version == model.version else {
      throw RequestError(.notFound, "the version of model \"\(name)\" is \(model.version)")
    }
    return model
  }
}

private struct Health: Encodable {
  let status: String
}

private struct ModelReadiness: Encodable {
  let name: String
  let ready = true
}
