import Classification
import FoundationEssentials
import HTTPTypes
package import Hummingbird
import Images
import NIOCore

/// Answers requests: a page to try the models, predictions, and whether it is alive.
package struct PredictionResponder: HTTPResponder {
  package typealias Context = Connection

  let models: [ServedModel]
  let limits: ServerLimits
  package let pool: PredictionPool

  package init(models: [ServedModel], limits: ServerLimits) {
    self.models = models
    self.limits = limits
    pool = PredictionPool(threads: limits.concurrentPredictions, queueLength: limits.queueLength)
  }

  package func respond(to request: Request, context: Connection) async -> Response {
    do {
      return try await answer(to: request)
    } catch let error as RequestError {
      var response = Response(json: Refusal(error: error.reason), status: error.status)
      response.headers.append(contentsOf: error.headers)
      if error.leavesBody {
        response.headers[.connection] = "close"
        context.close(after: limits.lingeringTime)
      }
      return response
    } catch {
      return Response(json: Refusal(error: "this should not have happened: \(error)"), status: .internalServerError)
    }
  }

  private func answer(to request: Request) async throws -> Response {
    let path = request.uri.path.split(separator: "/").map { percentDecoded($0) }
    switch path {
    case []: return try reading(request) { TryPage.response(for: models) }
    case ["health", "live"]: return try reading(request) { Response(json: Health(status: "live")) }
    case ["health", "ready"]: return try reading(request) { Response(json: Health(status: "ready")) }
    case ["predict"]: return try await prediction(of: onlyModel, for: request)
    case _ where path.count == 3 && path[0] == "models" && path[2] == "predict":
      return try await prediction(of: model(named: path[1]), for: request)
    default:
      throw RequestError(.notFound, "there is nothing at \(request.uri.path); POST or PUT a picture to /predict")
    }
  }

  private func reading(_ request: Request, _ answer: () -> Response) throws -> Response {
    switch request.method {
    case .get: return answer()
    case .head: return answer().createHeadResponse()
    default: throw RequestError.wrongMethod(request.method, allowed: [.get, .head])
    }
  }

  private func prediction(of model: @autoclosure () throws -> ServedModel, for request: Request) async throws
    -> Response
  {
    guard [.post, .put].contains(request.method) else {
      throw RequestError.wrongMethod(request.method, allowed: [.post, .put])
    }
    let model = try model()
    let body = try await request.bytes(within: limits)
    let contentType = request.headers[.contentType] ?? ""
    let answer = try await pool.run { [limits] in
      let picture = try Self.picture(in: body, contentType: contentType)
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

private struct Refusal: Encodable {
  let error: String
}

private struct Health: Encodable {
  let status: String
}
