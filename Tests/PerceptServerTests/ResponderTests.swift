import PerceptServer
import Dispatch
import FoundationEssentials
import HTTPTypes
import Hummingbird
import NIOCore
import NIOEmbedded
import PerceptFeatures
import PerceptIO
import PerceptImages
import PerceptInterpretation
import PerceptModels
import PerceptTestSupport
import Testing

@Suite("PredictionResponder, without a socket")
struct ResponderTests {
  /// The keys of all JSON responses.
  struct Body: Decodable, Equatable {
    var model: String?
    var `class`: String?
    var probability: Double?
    var probabilities: [String: Double]?
    var image: String?
    var map: String?
    var error: String?
    var status: String?
  }

  static let model = servedModel("m", seed: 1)
  static let image = TestImages.photo(seed: 1, width: 30, height: 20)

  static func responder(_ models: [ServedModel] = [model], limits: ServerLimits = ServerLimits()) -> ResponderPipeline<
    PredictionResponder
  > {
    ResponderPipeline(PredictionResponder(models: models, limits: limits))
  }

  static func ask(
    _ responder: ResponderPipeline<PredictionResponder>, _ method: HTTPRequest.Method, _ path: String,
    _ body: [UInt8] = [],
    type: String? = nil
  ) async throws -> (response: Response, body: Body) {
    var head = HTTPRequest(method: method, scheme: "http", authority: "localhost", path: path)
    head.headerFields[.contentType] = type
    let request = Request(head: head, body: RequestBody(buffer: ByteBuffer(bytes: body)))
    let response = await responder.respond(to: request, over: NIOAsyncTestingChannel())
    let text = BodyCollector()
    try await response.body.write(text)
    let isJSON = response.headers[.contentType] == "application/json"
    return (response, isJSON && method != .head ? try JSONDecoder().decode(Body.self, from: Data(text.bytes)) : Body())
  }

  @Test(
    "images in each format, plain or in a form, give the probabilities of the library",
    arguments: [HTTPRequest.Method.post, .put])
  func same(method: HTTPRequest.Method) async throws {
    for file in try [Self.image.encodedPNG(), Self.image.encodedJPEG()] {
      let expected = try Self.model.classifier.predict(decoding: file, named: "x")
      let (response, body) = try await Self.ask(Self.responder(), method, "/predict", file)
      #expect(response.status == .ok && body.model == "m")
      #expect(body.class == Self.model.classifier.classNames[expected.label])
      #expect(body.probability == expected.probability)
      #expect(body.probabilities == ["no": expected.probabilities[0], "y<e>s": expected.probabilities[1]])
      let part = MultipartTests.part("Content-Disposition: form-data; name=\"image\"; filename=\"a\"", file)
      let form = try await Self.ask(
        Self.responder(), method, "/predict", part + MultipartTests.end, type: MultipartTests.type)
      #expect(form.body == body)
    }
  }

  @Test("an explanation has the prediction, the image as the classifier sees it, and the map of its attributions")
  func explanation() async throws {
    func decoded(_ address: String?) throws -> Image {
      let bytes = Data(base64Encoded: String(try #require(address?.split(separator: ",").last)))
      return try Image(decoding: Array(try #require(bytes)), named: "image")
    }
    let (file, classifier) = (try Self.image.encodedPNG(), Self.model.classifier)
    let (response, body) = try await Self.ask(Self.responder(), .post, "/models/m/explain", file)
    let expected = try classifier.predict(decoding: file, named: "x")
    #expect(response.status == .ok && body.probability == expected.probability && body.model == "m")
    let features = try classifier.preprocessing.features(of: Image(decoding: file, named: "x"))
    #expect(try decoded(body.image).pixels == features)
    let image = PreparedImage(image: try decoded(body.image), features: features)
    #expect(try decoded(body.map) == Attributions(classifier, of: image, for: expected.label).image)
    for (bytes, status) in [([], HTTPResponse.Status.badRequest), (Array("text".utf8), .unsupportedMediaType)] {
      #expect(try await Self.ask(Self.responder(), .post, "/models/m/explain", bytes).response.status == status)
    }
    #expect(try await Self.ask(Self.responder(), .get, "/models/m/explain").response.status == .methodNotAllowed)
    #expect(try await Self.ask(Self.responder(), .post, "/models/n/explain", file).response.status == .notFound)
  }

  @Test("each of several models answers under its name")
  func several() async throws {
    let models = [servedModel("a", seed: 1), servedModel("b/ö", seed: 2)]
    let (responder, file) = (Self.responder(models), try Self.image.encodedPNG())
    for (path, model) in [("/models/a/predict", models[0]), ("/models/b%2F%c3%B6/predict", models[1])] {
      let (_, body) = try await Self.ask(responder, .post, path, file)
      let expected = try model.classifier.predict(decoding: file, named: "x")
      #expect(body.model == model.name && body.probability == expected.probability)
    }
    for path in ["/predict", "/models/c/predict"] {
      let (response, body) = try await Self.ask(responder, .post, path, file)
      #expect(response.status == .notFound && body.error?.contains("a, b/ö") == true)
    }
  }

  @Test("unknown paths get 404 and other methods get 405, with a reason")
  func notFound() async throws {
    for path in ["/x", "/predict/x", "/models/m", "/models/m/predict/x", "/health/x", "/%", "/%zz", "/%ff"] {
      let (response, body) = try await Self.ask(Self.responder(), .post, path)
      #expect(response.status == .notFound && body.error?.contains("/predict") == true, "\(path)")
    }
    for (method, path, allowed) in [
      (.delete, "/predict", "POST, PUT"), (.get, "/models/m/predict", "POST, PUT"), (.post, "/", "GET, HEAD"),
      (.put, "/health/live", "GET, HEAD"),
    ] as [(HTTPRequest.Method, String, String)] {
      let (response, body) = try await Self.ask(Self.responder(), method, path)
      #expect(response.status == .methodNotAllowed && response.headers[.allow] == allowed && body.error != nil)
    }
  }

  @Test("missing, damaged and too large images and other files get their status and the decoder's reason")
  func refused() async throws {
    var limits = ServerLimits()
    (limits.pixels, limits.bodyBytes) = (599, 5000)
    let png = try Self.image.encodedPNG()
    let cut = Array(try TestImages.photo(seed: 1, width: 20, height: 20).encodedPNG().dropLast(30))
    let cases: [([UInt8], String?, HTTPResponse.Status, String)] = [
      ([], nil, .badRequest, "the body is empty"), (Array("qoif".utf8), nil, .unsupportedMediaType, "a QOI image"),
      (Array("hello, world".utf8), nil, .unsupportedMediaType, "text, not an image"),
      (Array(#" {"image": "iVBORw0KGgo"}"#.utf8), "application/json", .unsupportedMediaType, "JSON, not an image"),
      (Array("data:image/png;base64,iVBORw0KGgo".utf8), nil, .unsupportedMediaType, "/v2/models/{name}/infer"),
      (Array("/9j/4AAQSkZJRg".utf8), "image/jpeg", .unsupportedMediaType, "base64, not an image"),
      (png, nil, .contentTooLarge, "30 x 20 pixels exceeds the limit of 599 pixels"),
      ([UInt8](repeating: 0, count: 5001), nil, .contentTooLarge, "5000 bytes"),
      (cut, nil, .unprocessableContent, "PNG"),
      (png, "multipart/form-data", .badRequest, "boundary"),
      (MultipartTests.field + MultipartTests.end, MultipartTests.type, .badRequest, "no file"),
    ]
    for (bytes, type, status, reason) in cases {
      let (response, body) = try await Self.ask(Self.responder(limits: limits), .post, "/predict", bytes, type: type)
      #expect(response.status == status && body.error?.contains(reason) == true, "\(reason): \(body)")
      #expect(body.error?.contains("the image:") == false)
    }
  }

  @Test("a body with a Content-Encoding gets 415, because it would be read as an image")
  func contentEncoding() async throws {
    for (coding, status) in [("gzip", 415), ("br", 415), ("identity", 200)] {
      var head = HTTPRequest(method: .put, scheme: "http", authority: "localhost", path: "/predict")
      head.headerFields[.contentEncoding] = coding
      let body = RequestBody(buffer: ByteBuffer(bytes: try Self.image.encodedPNG()))
      let response = await Self.responder().respond(
        to: Request(head: head, body: body), over: NIOAsyncTestingChannel())
      #expect(response.status.code == status)
      #expect(response.headers[.acceptEncoding] == (status == 415 ? "identity" : nil))
    }
  }

  @Test("GET /models lists the models with their versions and classes")
  func modelList() async throws {
    struct List: Decodable {
      struct Model: Decodable {
        let name: String
        let version: String
        let classes: [String]
      }
      let models: [Model]
    }
    let models = [servedModel("a", seed: 1), servedModel("b/ö", seed: 2)]
    let (response, body) = try await InferenceTests.send(.get, "/models", to: Self.responder(models))
    #expect(response.status == .ok)
    let list = try JSONDecoder().decode(List.self, from: Data(body)).models
    #expect(list.map(\.name) == ["a", "b/ö"] && list.map(\.version) == models.map(\.version))
    #expect(list.allSatisfy { $0.classes == models[0].classifier.classNames })
  }

  @Test(
    "a server on loopback answers only requests to its own names; health checks are exempt",
    arguments: [
      ("127.0.0.1:8080", 200), ("LOCALHOST", 200), ("[::1]:80", 200), ("images.example.org", 200), ("127.0.0.2", 200),
      ("evil.example", 403), ("127.0.0.1.evil.example", 403), ("", 403),
    ])
  func hosts(host: String, status: Int) async throws {
    let responder = PredictionResponder(models: [Self.model])
    func statuses(_ hosts: AllowedHosts) async -> [Int] {
      var statuses: [Int] = []
      for path in ["/openapi.json", "/health/live"] {
        let head = HTTPRequest(method: .get, scheme: "http", authority: host, path: path)
        let response = await ResponderPipeline(responder, hosts: hosts).respond(
          to: Request(head: head, body: RequestBody(buffer: ByteBuffer())), over: NIOAsyncTestingChannel())
        statuses.append(response.status.code)
      }
      return statuses
    }
    #expect(await statuses(AllowedHosts(listeningOn: "127.0.0.2", names: ["Images.example.org"])) == [status, 200])
    #expect(await statuses(AllowedHosts(listeningOn: "0.0.0.0", names: [])) == [200, 200])
  }

  @Test("the demo page escapes model names; health checks are answered")
  func page() async throws {
    let responder = Self.responder([servedModel("<b>&", seed: 1)])
    let (response, _) = try await Self.ask(responder, .get, "/")
    let text = BodyCollector()
    try await response.body.write(text)
    let page = String(decoding: text.bytes, as: UTF8.self)
    #expect(page.contains("<option>&lt;b&gt;&amp;</option>") && !page.contains("http:") && !page.contains("https:"))
    #expect(response.headers[.contentSecurityPolicy]?.hasPrefix("default-src 'none'") == true)
    for (path, status) in [("/health/live", "live"), ("/health/ready", "ready"), ("/health", "ready")] {
      #expect(try await Self.ask(responder, .get, path).body.status == status)
      #expect(try await Self.ask(responder, .head, path).response.status == .ok)
    }
  }

  @Test("a prediction gets 503 while the queue is full; other requests are answered")
  func busy() async throws {
    var limits = ServerLimits()
    (limits.concurrentPredictions, limits.queueLength) = (2, 3)
    let (responder, file) = (Self.responder(limits: limits), try Self.image.encodedPNG())
    let (gate, started) = (DispatchSemaphore(value: 0), AsyncStream<Void>.makeStream())
    try await withThrowingTaskGroup(of: Void.self) { group in
      for _ in 0..<5 {
        group.addTask {
          try await responder.responder.pool.run {
            started.continuation.yield()
            gate.wait()
          }
        }
      }
      var running = started.stream.makeAsyncIterator()
      for _ in 0..<2 { await running.next() }
      // Wait until the other three are queued. Until then, the pool would accept the image.
      while responder.responder.pool.count < 5 { await Task.yield() }
      let (response, body) = try await Self.ask(responder, .post, "/predict", file)
      #expect(response.status == .serviceUnavailable && response.headers[.retryAfter] == "1" && body.error != nil)
      #expect(try await Self.ask(responder, .get, "/health/live").response.status == .ok)
      for _ in 0..<5 { gate.signal() }
      try await group.waitForAll()
    }
    #expect(try await Self.ask(responder, .post, "/predict", file).response.status == .ok)
  }

  @Test(
    "damaged files get a client error (4xx), and a good image after each is still classified correctly",
    .enabled(if: SharedData.isPresent), arguments: SharedData.files(in: "odd/broken"))
  func broken(file: String) async throws {
    let responder = Self.responder()
    let (response, body) = try await Self.ask(responder, .post, "/predict", try FileSystem.read(file))
    if let expected = try? Self.model.classifier.predict(file: file) {
      #expect(response.status == .ok && body.probability == expected.probability)
    } else {
      #expect((400..<500).contains(response.status.code) && body.error?.isEmpty == false)
    }
    let good = try Self.image.encodedPNG()
    let after = try await Self.ask(responder, .post, "/predict", good)
    #expect(after.body.probability == (try Self.model.classifier.predict(decoding: good, named: "x").probability))
  }
}
