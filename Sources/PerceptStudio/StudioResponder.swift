import FoundationEssentials
import HTTPTypes
package import Hummingbird
import NIOCore
import PerceptDatasets
import PerceptFeatures
import PerceptFigures
import PerceptIO
import PerceptImages
import PerceptModels
package import PerceptServer
import PerceptTraining

/// The studio's HTTP interface: the page, and the resources that its script requests.
///
/// | Request | Response |
/// |---|---|
/// | `GET /`, `/studio.css`, `/*.js` | the page |
/// | `GET /train` | trains; server-sent events with the progress, then the sections of the page that changed |
/// | `POST /stop` | stops a training and keeps its result |
/// | `GET /film.png` | the weights over the iterations, one frame below the other |
/// | `GET /race` | a comparison of several learning rates |
/// | `GET /look.png` | what the features of an image are computed from |
/// | `GET /gain` | the accuracy of the initial settings with another image size or other features |
/// | `GET /shown` | the probabilities of one image at each iteration |
/// | `GET /photos` | the images of one cell of a confusion matrix |
/// | `GET /shortcuts` | the shortcut analysis |
/// | `GET /photo.png`, `/montage.png`, `/mean.png` | images of the dataset |
/// | `GET /findings` | doubtful labels, duplicates, leaks and outliers |
/// | `POST /correct` | writes a decision about an image to the file of corrections |
/// | `GET /change` | the change in accuracy that the corrections make |
/// | `GET /ask`, `POST /ask` | the prediction for an image of the dataset or for an uploaded image, with its explanation |
/// | `GET /model.safetensors`, `/report.html` | downloads |
package struct StudioResponder: Responder {
  package let studio: Studio
  package private(set) var limits: ServerLimits
  package let pool: WorkPool
  let runs = RunningTrainings()

  package init(_ studio: Studio, limits: ServerLimits = ServerLimits()) {
    self.studio = studio
    self.limits = limits
    // The page is closed together with the program, so no response needs a long drain time.
    self.limits.drainTime = .seconds(1)
    // More threads than cores, so that a long training doesn't block predictions.
    pool = WorkPool(threads: 2 + limits.concurrentPredictions, queueLength: limits.queueLength)
  }

  package func answer(to request: Request) async throws -> Response {
    let path = request.pathParts
    try checkSender(of: request)
    switch path {
    case ["stop"]: return try stop(request)
    case ["ask"]: return try await ask(request)
    case ["correct"]: return try await correct(request)
    default: break
    }
    // The length of an event stream is not known, so it has no HEAD.
    let allowed: [HTTPRequest.Method] = path == ["train"] ? [.get] : [.get, .head]
    guard allowed.contains(request.method) else { throw RequestError.wrongMethod(request.method, allowed: allowed) }
    return try await page(path, request)
  }

  private func page(_ path: [String], _ request: Request) async throws -> Response {
    if let asset = path.count == 1 ? StudioAsset.named(path[0]) : nil { return asset }
    let query = request.query
    let settings = { () throws -> StudioSettings in try self.settings(query) }
    switch path {
    case []:
      return try await pool.run { [studio] in
        StudioPage(studio, try StudioSettings(query, from: studio.start(query["features"]))).response
      }
    case ["train"]: return training(request)
    case ["film.png"]:
      let session = try await session(settings())
      let isCommon = query["scale"] == "all"
      return try await pool.run { Response(png: try session.history(withCommonScale: isCommon).encodedPNG()) }
    case ["race"]: return try await comparison(settings(), query["rates"] ?? "")
    case ["photos"]:
      let cell = ["label", "answer"].map { query[$0].flatMap { Int($0) } ?? -1 }
      guard let html = try await session(settings()).photos(query["part"] ?? "test", label: cell[0], answer: cell[1])
      else {
        throw RequestError(.notFound, "no such cell: part must name a split, label and answer the indices of classes")
      }
      return Response(json: Fragment(html: html))
    case ["shortcuts"]:
      let session = try await session(settings())
      return try await pool.run { [studio] in
        let parts = try studio.shortcuts(of: session).parts(examples: session.splits.training)
        return Response(json: Fragment(html: parts.joined(separator: "\n")))
      }
    case ["shown"]:
      let photo = ShownPhoto(query["photo"] ?? "")
      guard let photo, let shown = try await session(settings()).shown(photo.part, photo.index) else {
        throw RequestError(.notFound, "no such image: photo must be a split and an index, such as test-0")
      }
      return Response(json: shown)
    case ["look.png"]:
      let place = try await place(query, settings())
      return try await pool.run { [studio] in
        let preprocessing = try studio.preprocessing(of: query["look"] ?? "")
        let prepared = try preprocessing.prepared(at: place.dataset.examples[place.index].file)
        return Response(png: try FeatureView(prepared, preprocessing).image.encodedPNG())
      }
    case ["gain"]: return try await gain(settings())
    case ["findings"]: return try await findings()
    case ["change"]: return try await change(settings())
    case ["photo.png"]:
      let place = try await place(query, settings())
      return try await pool.run { Response(png: try place.dataset.shownImage(of: place.index).encodedPNG()) }
    case ["montage.png"]:
      return try await image(settings()) { splits in
        let indices = splits.training.indices(of: try label(query, splits))
        return Montage(indices.map(splits.training.image)).image
      }
    case ["mean.png"]:
      return try await image(settings()) { splits in
        guard let statistics = splits.training.images.statistics(of: try label(query, splits)) else {
          throw RequestError(.notFound, "the training split has no image of this class")
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
    default: throw RequestError(.notFound, "no resource at \(request.uri.path); the studio is at /")
    }
  }

  /// Refuses requests that other sites make through a browser on this machine. Only the page itself may be opened by a
  /// link from another site. ``AllowedHosts`` prevents DNS rebinding.
  private func checkSender(of request: Request) throws {
    if let fetchSite = request.headers[.secFetchSite], fetchSite == "cross-site", request.pathParts != [] {
      throw RequestError(.forbidden, "cross-site requests are not allowed")
    }
  }

  /// Returns a session from the cache, or trains. Throws `RequestError` with status 422 if training fails.
  func session(_ settings: StudioSettings) async throws -> TrainingSession {
    try await pool.run { [studio] in
      do {
        return try studio.session(settings)
      } catch let error as TrainingError {
        throw RequestError(.unprocessableContent, "\(error)")
      }
    }
  }

  /// The settings of a query, with the edition of the corrections that it names.
  func settings(_ query: [String: String]) throws -> StudioSettings {
    var settings = try StudioSettings(query, from: studio.start(query["features"]))
    settings.edition = query["edition"] ?? ""
    return settings
  }

  // MARK: - Images of the dataset

  /// Returns the place of the image that a query names: by its row in the data, or by its split and its index there.
  private func place(_ query: [String: String], _ settings: StudioSettings) async throws -> (
    dataset: Dataset, index: Int
  ) {
    try await pool.run { [studio] in
      if query["row"] != nil {
        let dataset = try studio.dataset(settings.preprocessing)
        return (dataset, try index(query, dataset, named: "row"))
      }
      let dataset = try split(query, studio.splits(settings))
      return (dataset, try index(query, dataset))
    }
  }

  private func image(_ settings: StudioSettings, _ make: @escaping @Sendable (DatasetSplits) throws -> Image)
    async throws
    -> Response
  {
    let bytes = try await pool.run { [studio] in try make(studio.splits(settings)).encodedPNG() }
    return Response(png: bytes)
  }

  // MARK: - Predictions

  private func ask(_ request: Request) async throws -> Response {
    let query = request.query
    let session = try await session(settings(query))
    switch request.method {
    case .get:
      let (dataset, index) = try await place(query, session.settings)
      return try await answer(session, label: dataset.examples[index].label) { try Self.prepared(index, of: dataset) }
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

  /// Returns an image of the dataset. Its file may have been moved or damaged since training.
  private static func prepared(_ index: Int, of dataset: Dataset) throws -> PreparedImage {
    do {
      return try dataset.prepared(index)
    } catch let error as ImageError {
      throw RequestError(error)
    } catch let error as FileError {
      throw RequestError(.notFound, "\(error)")
    }
  }

  /// Returns the image of the page's canvas, which the user may have painted on: one byte per sample.
  private static func painted(_ body: [UInt8], _ preprocessing: Preprocessing) throws -> PreparedImage {
    let count = preprocessing.grid.sampleCount
    guard body.count == count else {
      throw RequestError(.badRequest, "the body must have \(count) bytes, one per sample (got \(body.count))")
    }
    return try preprocessing.prepared(ofSamples: body)
  }

  private static func decoded(_ body: [UInt8], _ preprocessing: Preprocessing, pixelBudget: Int) throws
    -> PreparedImage
  {
    let samples: [UInt8]
    do throws(ImageError) {
      samples = try preprocessing.samples(decoding: body, named: "the image", pixelBudget: pixelBudget)
    } catch {
      throw RequestError(error)
    }
    return try preprocessing.prepared(ofSamples: samples)
  }

  private func answer(
    _ session: TrainingSession, label: Int?, _ prepared: @escaping @Sendable () throws -> PreparedImage
  ) async throws -> Response {
    let answer = try await pool.run {
      let question = ImageQuestion(session: session, prepared: try prepared(), label: label)
      let (html, prediction) = try question.answer()
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
}

// MARK: - Parameters

private typealias Query = [String: String]

private func split(_ query: Query, _ splits: DatasetSplits) throws -> Dataset {
  let name = query["part"] ?? "train"
  guard let dataset = splits.named.first(where: { $0.name == name })?.dataset else {
    let names = splits.named.map(\.name).joined(separator: ", ")
    throw RequestError(.notFound, "no such split: part must be one of \(names) (got \(name))")
  }
  return dataset
}

private func index(_ query: Query, _ dataset: Dataset, named name: String = "index") throws -> Int {
  guard let index = query[name].flatMap({ Int($0) }), dataset.examples.indices.contains(index) else {
    throw RequestError(
      .notFound, "no such image: \(name) must be ≥ 0 and < \(dataset.count) (got \(query[name] ?? "none"))")
  }
  return index
}

private func label(_ query: Query, _ splits: DatasetSplits) throws -> Int {
  guard let label = query["label"].flatMap({ Int($0) }), splits.training.classNames.indices.contains(label) else {
    let count = splits.training.classNames.count
    throw RequestError(
      .notFound, "no such class: label must be ≥ 0 and < \(count) (got \(query["label"] ?? "none"))")
  }
  return label
}

extension HTTPField.Name {
  fileprivate static let secFetchSite = Self("Sec-Fetch-Site") ?? .origin
}

extension Response {
  /// Creates a response with an image that depends only on its address, so that it can be cached.
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
