import FoundationEssentials
import HTTPTypes
package import Hummingbird
import NIOCore
import PerceptDatasets
import PerceptFigures
import PerceptImages
import PerceptModels
package import PerceptServer
import PerceptTraining

/// The studio: one page, and what its script asks for as the hand moves.
///
/// | address | what it answers |
/// |---|---|
/// | `GET /`, `/studio.css`, `/*.js` | the page |
/// | `GET /train` | server-sent events: how a training goes, then all that changes on the page |
/// | `POST /stop` | ends a training with what it has learned |
/// | `GET /history.png`, `/comparison` | the weights over the iterations; other learning rates beside this one |
/// | `GET /photos`, `/photo.png`, `/montage.png`, `/mean.png` | pictures of the data |
/// | `GET`, `POST /ask` | the answer for a picture and its reasons |
/// | `GET /model.safetensors`, `/report.html` | what can be kept |
package struct StudioResponder: Responder {
  package let studio: Studio
  package private(set) var limits: ServerLimits
  package let pool: WorkPool
  let runs = RunningTrainings()

  package init(_ studio: Studio, limits: ServerLimits = ServerLimits()) {
    self.studio = studio
    self.limits = limits
    // Nobody waits for a page that is about to go.
    self.limits.drainTime = .seconds(1)
    // More threads than cores: a long training must not keep a question waiting.
    pool = WorkPool(threads: 2 + limits.concurrentPredictions, queueLength: limits.queueLength)
  }

  package func answer(to request: Request) async throws -> Response {
    let path = request.pathParts
    try checkSender(of: request)
    switch path {
    case ["stop"]: return try stop(request)
    case ["ask"]: return try await ask(request)
    default: break
    }
    guard [.get, .head].contains(request.method) else {
      throw RequestError.wrongMethod(request.method, allowed: [.get, .head])
    }
    if request.method == .head { return try await page(path, request).createHeadResponse() }
    return try await page(path, request)
  }

  private func page(_ path: [String], _ request: Request) async throws -> Response {
    if let asset = path.count == 1 ? StudioAsset.named(path[0]) : nil { return asset }
    let query = request.query
    let settings = { try StudioSettings(query, from: studio.start) }
    switch path {
    case []: return StudioPage(studio, try settings()).response
    case ["train"]: return training(request)
    case ["film.png"]:
      let session = try await session(settings())
      return try await pool.run { Response(png: try session.history.encodedPNG()) }
    case ["race"]: return try await comparison(settings(), query["rates"] ?? "")
    case ["photos"]:
      let cell = ["label", "answer"].map { query[$0].flatMap { Int($0) } ?? -1 }
      guard let html = try await session(settings()).photos(query["part"] ?? "test", label: cell[0], answer: cell[1])
      else { throw RequestError(.notFound, "there is no such cell") }
      return Response(json: Fragment(html: html))
    case ["shortcuts"]:
      let session = try await session(settings())
      return try await pool.run { Response(json: Fragment(html: try session.shortcuts)) }
    case ["photo.png"]:
      return try await image(settings()) { try part(query, $0).image(at: index(query, try part(query, $0))) }
    case ["montage.png"]:
      return try await image(settings()) { splits in
        let indices = splits.training.indices(of: try label(query, splits))
        return Montage(indices.map(splits.training.image)).image
      }
    case ["mean.png"]:
      return try await image(settings()) { splits in
        guard let statistics = splits.training.statistics(of: try label(query, splits)) else {
          throw RequestError(.notFound, "there is no photo of that class")
        }
        return statistics.meanImage
      }
    case ["model.safetensors"]:
      let session = try await session(settings())
      return Response(
        download: try session.classifier.encoded(), type: "application/octet-stream", name: "model.safetensors")
    case ["report.html"]:
      let session = try await session(settings())
      let report = try await pool.run { Report(session.run, session.judged.evaluation).html }
      return Response(download: Array(report.utf8), type: "text/html; charset=utf-8", name: "report.html")
    default: throw RequestError(.notFound, "there is nothing at \(request.uri.path); the studio is at /")
    }
  }

  /// Refuses what another site's page asks for in the name of a browser on this machine, by a link or by a name that it made
  /// point here: the pictures are nobody else's business.
  private func checkSender(of request: Request) throws {
    let host = request.head.authority ?? ""
    let name = host.hasPrefix("[") ? host.prefix { $0 != "]" } + "]" : host.prefix { $0 != ":" }
    guard ["127.0.0.1", "localhost", "[::1]"].contains(name) else {
      throw RequestError(.forbidden, "the studio answers at http://127.0.0.1 and http://localhost only, not at \(host)")
    }
    if let responder = request.headers[.secFetchSite], responder == "cross-site", request.pathParts != [] {
      throw RequestError(.forbidden, "another site asked for this")
    }
  }

  /// What comes of settings.
  func session(_ settings: StudioSettings) async throws -> TrainingSession {
    try await pool.run { [studio] in
      do {
        return try studio.session(settings)
      } catch let error as TrainingError {
        throw RequestError(.unprocessableContent, "\(error)")
      }
    }
  }

  // MARK: - Pictures of the data

  private func image(_ settings: StudioSettings, _ make: @escaping @Sendable (DatasetSplits) throws -> Image)
    async throws
    -> Response
  {
    let bytes = try await pool.run { [studio] in try make(studio.splits(settings.preprocessing)).encodedPNG() }
    return Response(png: bytes)
  }

  // MARK: - Questions

  private func ask(_ request: Request) async throws -> Response {
    let query = request.query
    let session = try await session(StudioSettings(query, from: studio.start))
    switch request.method {
    case .get:
      let dataset = try part(query, session.splits)
      let index = try index(query, dataset)
      return try await answer(session, label: dataset.examples[index].label) {
        dataset.withFeatures(of: index, Array.init)
      }
    case .post:
      let body = try await request.bytes(within: limits)
      let isPainted = request.headers[.contentType]?.hasPrefix("application/x-percept-features") == true
      let (preprocessing, pixels) = (session.settings.preprocessing, limits.pixels)
      return try await answer(session, label: try? label(query, session.splits)) {
        isPainted
          ? try Self.painted(body, preprocessing) : try Self.decoded(body, preprocessing, pixelBudget: pixels)
      }
    default: throw RequestError.wrongMethod(request.method, allowed: [.get, .post])
    }
  }

  /// The features that the page holds, changed by its brush.
  private static func painted(_ body: [UInt8], _ preprocessing: Preprocessing) throws -> [UInt8] {
    guard body.count == preprocessing.featureCount else {
      throw RequestError(.badRequest, "there are \(body.count) samples, not \(preprocessing.featureCount)")
    }
    return body
  }

  /// The features of a picture of the user's own.
  private static func decoded(_ body: [UInt8], _ preprocessing: Preprocessing, pixelBudget: Int) throws -> [UInt8] {
    do throws(ImageError) {
      return try preprocessing.features(decoding: body, named: "the picture", pixelBudget: pixelBudget)
    } catch {
      throw RequestError(error)
    }
  }

  private func answer(
    _ session: TrainingSession, label: Int?, _ features: @escaping @Sendable () throws -> [UInt8]
  ) async throws -> Response {
    let answer = try await pool.run {
      let question = ImageQuestion(session: session, features: try features(), label: label)
      let (html, prediction) = question.answer
      return Answer(
        html: html, image: question.image.losslessDataURI, label: label,
        prediction: NamedPrediction(prediction, classNames: session.classifier.classNames))
    }
    return Response(json: answer)
  }

  private struct Answer: Encodable {
    let html: String
    let image: String
    let label: Int?
    let prediction: NamedPrediction
  }

  // MARK: - Races

  /// The same training at other learning rates, side by side.
  private func comparison(_ settings: StudioSettings, _ rates: String) async throws -> Response {
    let numbers = rates.split(separator: ",").compactMap { Double($0) }.filter { $0 > 0 && $0.isFinite }
    guard !numbers.isEmpty, numbers.count <= 6 else { throw RequestError(.badRequest, "rates is one to six numbers") }
    var runs: [LearningRateComparison.Run] = []
    for rate in numbers {
      var other = settings
      other.learningRate = .fixed(rate)
      do {
        runs.append(LearningRateComparison.Run(rate: rate, session: try await session(other)))
      } catch let error as RequestError where error.status == .unprocessableContent {
        runs.append(LearningRateComparison.Run(rate: rate, session: nil))
      }
    }
    let comparison = LearningRateComparison(runs: runs)
    return Response(json: try await pool.run { comparison.html })
  }
}

// MARK: - Parameters

private typealias Query = [String: String]

private func part(_ query: Query, _ splits: DatasetSplits) throws -> Dataset {
  let name = query["part"] ?? "train"
  guard let dataset = splits.named.first(where: { $0.name == name })?.dataset else {
    throw RequestError(.notFound, "there is no part \"\(name)\"")
  }
  return dataset
}

private func index(_ query: Query, _ dataset: Dataset) throws -> Int {
  guard let index = query["index"].flatMap({ Int($0) }), dataset.examples.indices.contains(index) else {
    throw RequestError(.notFound, "there is no such photo; index is below \(dataset.count)")
  }
  return index
}

private func label(_ query: Query, _ splits: DatasetSplits) throws -> Int {
  guard let label = query["label"].flatMap({ Int($0) }), splits.training.classNames.indices.contains(label) else {
    throw RequestError(.notFound, "there is no such class")
  }
  return label
}

extension HTTPField.Name {
  fileprivate static let secFetchSite = Self("Sec-Fetch-Site") ?? .origin
}

extension Response {
  /// A picture of the data, which stays what it is.
  fileprivate init(png bytes: [UInt8]) {
    self.init(
      status: .ok, headers: [.contentType: "image/png", .cacheControl: "max-age=3600"],
      body: ResponseBody(byteBuffer: ByteBuffer(bytes: bytes)))
  }

  fileprivate init(download bytes: [UInt8], type: String, name: String) {
    self.init(
      status: .ok,
      headers: [
        .contentType: type, .contentDisposition: "attachment; filename=\"\(name)\"", .cacheControl: "no-store",
      ],
      body: ResponseBody(byteBuffer: ByteBuffer(bytes: bytes)))
  }
}
