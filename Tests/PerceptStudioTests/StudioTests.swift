import Foundation
import HTTPTypes
import Hummingbird
import NIOCore
import NIOEmbedded
import PerceptDatasets
import PerceptFeatures
import PerceptIO
import PerceptImages
import PerceptLinearAlgebra
import PerceptModels
import PerceptServer
import PerceptStudio
import PerceptTestSupport
import PerceptTraining
import Testing

@Suite("StudioResponder")
struct StudioTests {
  let folder: TemporaryFolder
  let responder: ResponderPipeline<StudioResponder>

  init() throws {
    folder = try TemporaryFolder()
    try folder.addImages([("train/cat", 9), ("train/dog", 8), ("test/cat", 4), ("test/dog", 3)])
    responder = try Self.responder(folder)
  }

  static func responder(
    _ folder: TemporaryFolder, preprocessing: Preprocessing = Preprocessing(imageSize: 6), corrections: String? = nil
  ) throws -> ResponderPipeline<StudioResponder> {
    let source = try DataSource(folder.path)
    return ResponderPipeline(
      StudioResponder(
        try Studio(
          Studio.Data(
            source, preprocessing: preprocessing, testFraction: 0.2, seed: 0, cache: nil,
            arguments: [folder.path], corrections: corrections))), hosts: .loopback)
  }

  /// A response of the studio.
  struct Answer {
    let status: Int
    let headers: HTTPFields
    let bytes: [UInt8]

    var text: String { String(decoding: bytes, as: UTF8.self) }
    var json: [String: Any] {
      get throws { try #require(JSONSerialization.jsonObject(with: Data(bytes)) as? [String: Any]) }
    }

    /// The server-sent events: their names and contents.
    var events: [(name: String, content: [String: Any])] {
      get throws {
        try text.split(separator: "\n\n").map { event in
          let lines = event.split(separator: "\n")
          #expect(lines.count == 2 && lines[0].hasPrefix("event: ") && lines[1].hasPrefix("data: "))
          let content = try JSONSerialization.jsonObject(with: Data(lines[1].dropFirst(6).utf8)) as? [String: Any]
          return (String(lines[0].dropFirst(7)), try #require(content))
        }
      }
    }
  }

  func ask(
    _ path: String, method: HTTPRequest.Method = .get, body: [UInt8] = [], type: String? = nil,
    host: String = "localhost", from: String? = nil, headers: [String: String] = [:],
    responder: ResponderPipeline<StudioResponder>? = nil
  ) async throws -> Answer {
    var head = HTTPRequest(method: method, scheme: "http", authority: host, path: path)
    head.headerFields[.contentType] = type
    head.headerFields[try #require(HTTPField.Name("Sec-Fetch-Site"))] = from
    for (name, value) in headers { head.headerFields[try #require(HTTPField.Name(name))] = value }
    let response = await (responder ?? self.responder).respond(
      to: Request(head: head, body: RequestBody(buffer: ByteBuffer(bytes: body))), over: NIOAsyncTestingChannel())
    let collector = BodyCollector()
    try await response.body.write(collector)
    return Answer(status: Int(response.status.code), headers: response.headers, bytes: collector.bytes)
  }

  /// Trains with the library as the studio does with its initial settings and the given learning rate and iterations.
  func trained(rate: Double, iterations: Int) throws -> TrainingRun {
    let dataset = try Dataset(DataSource(folder.path), preprocessing: Preprocessing(imageSize: 6))
    let training = try #require(dataset.subset(.training))
    return try Trainer(.test(.gradientDescent, learningRate: .fixed(rate), iterations: iterations, form: .dual))
      .fit(.neuron(inputs: training.featureCount), to: training)
  }

  @Test("the page has all its sections and loads nothing from other hosts")
  func page() async throws {
    let page = try await ask("/?rate=0.5&size=8")
    #expect(page.status == 200 && page.headers[.contentType] == "text/html; charset=utf-8")
    for id in [
      "look", "settings", "watch", "strip", "shown", "legend", "judge", "asking", "influence", "findings", "keep",
    ] {
      #expect(page.text.contains("id=\"\(id)\""), "\(id)")
    }
    #expect(!page.text.contains("http://") && !page.text.contains("https://"))
    for file in [
      "studio.css", "studio.js", "weights.js", "ask.js", "photo.js", "correct.js", "tour.js", "montage.js",
      "features.js", "copy.js",
    ] {
      let asset = try await ask("/" + file)
      #expect(asset.status == 200 && asset.bytes.count > 500 && !asset.text.contains("https://"))
    }
    let head = try await ask("/", method: .head)
    #expect(head.status == 200 && head.bytes.isEmpty)
  }

  @Test("the final event of a training has every section that changes, with the numbers of the library")
  func train() async throws {
    let events = try await ask("/train?rate=0.03&iterations=50&run=x").events
    let last = try #require(events.last)
    #expect(last.name == "done")
    let html = try #require(last.content["html"] as? [String: String])
    #expect(Set(html.keys) == ["look", "watch", "strip", "legend", "judge", "influence", "keep", "result"])
    let run = try trained(rate: 0.03, iterations: 50)
    let stable = try #require(last.content["stable"] as? Double)
    #expect(abs(stable - (try #require(run.stableLearningRate))) <= 1e-15)
    let moments = try #require(last.content["moments"] as? [[String: Any]])
    let iterations = moments.compactMap { $0["iteration"] as? Int }
    #expect(iterations.first == -1 && iterations.last == 49 && iterations == Array(Set(iterations)).sorted())
    let dataset = try Dataset(DataSource(folder.path), preprocessing: Preprocessing(imageSize: 6))
    let score = try run.classifier.evaluate(on: try #require(dataset.subset(.test))).score
    #expect(html["result"]?.contains("(\(score.correct) of 7)") == true)
    #expect(html["keep"]?.contains("--learning-rate 0.03 --iterations 50") == true)
  }

  @Test("the downloaded model is the library's, with the scores of each split")
  func download() async throws {
    let answer = try await ask("/model.safetensors?rate=0.03&iterations=50")
    #expect(answer.headers[.contentDisposition]?.contains("model.safetensors") == true)
    var expected = try trained(rate: 0.03, iterations: 50).classifier
    let dataset = try Dataset(DataSource(folder.path), preprocessing: Preprocessing(imageSize: 6))
    for (name, part) in [("train", Split.training), ("test", .test)] {
      expected.record.scores[name] = try expected.evaluate(on: try #require(dataset.subset(part))).score
    }
    #expect(answer.bytes == (try expected.encoded()))
    let report = try await ask("/report.html?rate=0.03&iterations=50")
    #expect(report.status == 200 && report.text.hasPrefix("<!doctype html>"))
  }

  @Test("an image of the dataset, its uploaded file and its features all get the library's prediction")
  func question() async throws {
    let classifier = try trained(rate: 0.03, iterations: 50).classifier
    let file = folder.path("test/dog/0001.png")
    let expected = try classifier.predict(file: file)
    let settings = "rate=0.03&iterations=50"
    let asked = try await ask("/ask?part=test&index=5&\(settings)").json
    let sent = try await ask("/ask?\(settings)", method: .post, body: FileSystem.read(file), type: "image/png").json
    let features = try classifier.preprocessing.features(ofFile: file)
    let painted = try await ask(
      "/ask?label=1&\(settings)", method: .post, body: features, type: "application/x-percept-features"
    ).json
    for answer in [asked, sent, painted] {
      let prediction = try #require(answer["prediction"] as? [String: Any])
      #expect(prediction["probability"] as? Double == expected.probability)
      #expect((prediction["probabilities"] as? [String: Double])?["dog"] == expected.probabilities[1])
    }
    #expect(asked["label"] as? Int == 1 && sent["label"] == nil)
    let image = try #require((asked["image"] as? String)?.split(separator: ",").last)
    let seen = try Image(decoding: Array(try #require(Data(base64Encoded: String(image)))), named: "image")
    #expect(seen.pixels == features)
  }

  @Test("with HOG features, images are shown, and a painted photo gets new features")
  func features() async throws {
    let folder = try TemporaryFolder()
    try folder.addImages([("train/cat", 9), ("train/dog", 8), ("test/cat", 4), ("test/dog", 3)], side: 32)
    let preprocessing = Preprocessing(imageSize: 32, extractor: .hog)
    let hog = try Self.responder(folder, preprocessing: preprocessing)
    let settings = "rate=0.03&iterations=20"
    for path in [
      "/", "/film.png?\(settings)", "/mean.png?label=0", "/photo.png?part=test&index=1", "/shortcuts?\(settings)",
    ] {
      #expect(try await ask(path, responder: hog).status == 200, "\(path)")
    }
    let page = try await ask("/", responder: hog).text
    #expect(page.contains("no single feature dominates"))
    #expect(page.contains("histograms of the edges and colors of a photo"))
    let asked = try await ask("/ask?part=test&index=5&\(settings)", responder: hog).json
    #expect((asked["html"] as? String)?.contains("Occlusion:") == true)
    let image = try Image(contentsOf: folder.path("test/dog/0001.png"))
    let painted = try await ask(
      "/ask?\(settings)", method: .post, body: preprocessing.grid.samples(of: image),
      type: "application/x-percept-features",
      responder: hog
    ).json
    let predictions = [asked, painted].map { ($0["prediction"] as? [String: Any])?["probability"] as? Double }
    #expect(predictions[0] != nil && predictions[0] == predictions[1])
    #expect(try await ask("/film.png?size=8&\(settings)", responder: hog).status == 400)
  }

  @Test("a cell of the confusion matrix shows the images that the evaluation counts there")
  func cells() async throws {
    let run = try trained(rate: 0.0001, iterations: 1)
    let dataset = try Dataset(DataSource(folder.path), preprocessing: Preprocessing(imageSize: 6))
    let evaluation = try run.classifier.evaluate(on: try #require(dataset.subset(.test)))
    for (label, answer) in [(0, 0), (0, 1), (1, 0), (1, 1)] {
      let count = evaluation.outcomes.count { $0.example.label == label && $0.prediction.label == answer }
      let html =
        try await ask("/photos?part=test&label=\(label)&answer=\(answer)&rate=0.0001&iterations=1").json["html"]
        as? String
      #expect(html?.components(separatedBy: "class=\"photo\"").count == count + 1)
    }
  }

  @Test("images of the dataset, mean images, montages and the weight history are PNG images of the right size")
  func images() async throws {
    for (path, width, height) in [
      ("/photo.png?part=test&index=0", 6, 6), ("/photo.png?part=train&index=16&size=9", 9, 9),
      ("/mean.png?label=1", 6, 6), ("/montage.png?label=0", 3 * 7 + 1, 3 * 7 + 1),
      ("/film.png?rate=0.01&iterations=5", 6, 6 * 6),
    ] {
      let answer = try await ask(path)
      let image = try Image(decoding: answer.bytes, named: path)
      #expect(answer.headers[.contentType] == "image/png" && image.width == width && image.height == height, "\(path)")
    }
    let history = try Image(decoding: await ask("/film.png?rate=0.01&iterations=5").bytes, named: "history")
    #expect(
      history.pixels.prefix(6 * 6 * 3).allSatisfy { $0 == 0 } && history.pixels.suffix(6 * 6 * 3).contains { $0 > 100 })
  }

  @Test("a comparison shows every learning rate, including one that diverges")
  func comparison() async throws {
    let html = try #require(try await ask("/race?iterations=300&rates=0.001,0.02,1e308").json["html"] as? String)
    #expect(html.components(separatedBy: "class=\"run\"").count == 4 && html.contains("<svg"))
    #expect(html.contains("<b>1e308</b>: diverged"))
  }

  @Test("a stopped training keeps its result, with the number of iterations that ran")
  func stop() async throws {
    let (stopped, answer) = try await withThrowingTaskGroup(of: Answer.self) { group in
      let path = "/train?rate=0.0001&iterations=100000&hidden=32&size=48&run=long"
      group.addTask { try await ask(path) }
      var stop = try await ask("/stop?run=long", method: .post)
      while stop.status == 404 {
        try await Task.sleep(for: .milliseconds(5))
        stop = try await ask("/stop?run=long", method: .post)
      }
      let first = try await group.next()
      return (stop, try #require(first))
    }
    #expect(stopped.status == 204)
    let last = try #require(try answer.events.last)
    let settings = try #require(last.content["settings"] as? [String: String])
    let count = try #require(settings["iterations"].flatMap { Int($0) })
    #expect(last.name == "done" && count < 100_000)
    #expect((last.content["html"] as? [String: String])?["keep"]?.contains("--iterations \(count)") == true)
    // The cache has the session under the settings with the reduced number of iterations.
    let model = try await ask("/model.safetensors?\(try #require(settings["query"]))")
    #expect(model.status == 200)
    #expect(try await ask("/stop?run=long", method: .post).status == 404)
  }

  @Test("disconnecting cancels a long training")
  func disconnect() async throws {
    struct Disconnected: Error {}
    struct DisconnectedWriter: ResponseBodyWriter {
      mutating func write(_ buffer: ByteBuffer) async throws { throw Disconnected() }
      func finish(_ trailers: HTTPFields?) async throws {}
    }
    let head = HTTPRequest(
      method: .get, scheme: "http", authority: "localhost",
      path: "/train?rate=0.0001&iterations=100000&hidden=32&size=48&run=left")
    let response = await responder.respond(
      to: Request(head: head, body: RequestBody(buffer: ByteBuffer())), over: NIOAsyncTestingChannel())
    await #expect(throws: Disconnected.self) { try await response.body.write(DisconnectedWriter()) }
    while responder.responder.pool.count > 0 { try await Task.sleep(for: .milliseconds(5)) }
    #expect(try await ask("/stop?run=left", method: .post).status == 404)
  }

  @Test(
    "invalid requests are refused with a reason",
    arguments: [
      ("/film.png?rate=-1", 400, "learningRate=-1: learningRate must be auto or a number > 0"),
      ("/film.png?iterations=0", 400, "1 to 100000"),
      ("/film.png?size=5000", 400, "320"), ("/film.png?color=blue", 400, "rgb or gray"),
      ("/film.png?hidden=a", 400, "hidden=a"), ("/film.png?l2=nan", 400, "l2=nan"),
      ("/film.png?rate=1e308", 422, "diverged"), ("/photo.png?part=test&index=99", 404, "< 7 (got 99)"),
      ("/photo.png?part=none&index=0", 404, "one of train, test (got none)"),
      ("/photos?part=test&label=0&answer=9", 404, "no such cell"), ("/mean.png?label=2", 404, "no such class"),
      ("/race?rates=", 400, "1 to 6"), ("/nothing", 404, "studio is at /"),
      ("/..%2f..%2fetc%2fpasswd", 404, "no resource at"),
    ])
  func refused(path: String, status: Int, words: String) async throws {
    let answer = try await ask(path)
    let reason = try #require(try answer.json["error"] as? String)
    #expect(answer.status == status && reason.contains(words), "\(answer.text)")
  }

  @Test("requests with a foreign Host header and cross-site requests are refused")
  func crossSite() async throws {
    #expect(try await ask("/", host: "evil.example").status == 403)
    #expect(try await ask("/", host: "127.0.0.1.evil.example").status == 403)
    #expect(try await ask("/", host: "127.0.0.1:8080").status == 200)
    #expect(try await ask("/", host: "[::1]:8080").status == 200)
    #expect(try await ask("/mean.png?label=0", from: "cross-site").status == 403)
    #expect(try await ask("/mean.png?label=0", from: "same-origin").status == 200)
    #expect(try await ask("/", from: "cross-site").status == 200)
  }

  @Test("a failed training ends with an event; wrong methods and invalid images are refused")
  func failed() async throws {
    let event = try #require(try await ask("/train?rate=1e308").events.last)
    #expect(event.name == "failed" && (event.content["failed"] as? String)?.contains("diverged") == true)
    let words = try #require(try await ask("/train?rate=x").events.last)
    #expect(
      words.name == "failed" && (words.content["failed"] as? String)?.contains("auto or a number > 0") == true)
    #expect(try await ask("/", method: .post).status == 405)
    #expect(try await ask("/stop").status == 405)
    #expect(try await ask("/ask", method: .put).status == 405)
    #expect(try await ask("/ask", method: .post, body: Array("not an image".utf8)).status == 415)
    #expect(try await ask("/ask", method: .post).status == 400)
    let short = try await ask("/ask", method: .post, body: [1, 2], type: "application/x-percept-features")
    #expect(short.status == 400 && short.text.contains("must have 108 bytes"))
  }
}
