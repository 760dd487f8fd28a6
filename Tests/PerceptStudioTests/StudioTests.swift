import Foundation
import HTTPTypes
import Hummingbird
import NIOCore
import NIOEmbedded
import PerceptDatasets
import PerceptIO
import PerceptImages
import PerceptLinearAlgebra
import PerceptModels
import PerceptServer
import PerceptStudio
import PerceptTestSupport
import PerceptTraining
import Testing

@Suite("The studio, without a socket")
struct StudioTests {
  let folder: TemporaryFolder
  let responder: ResponderPipeline<StudioResponder>

  init() throws {
    folder = try TemporaryFolder()
    try folder.addImages([("train/cat", 9), ("train/dog", 8), ("test/cat", 4), ("test/dog", 3)])
    responder = try Self.responder(folder)
  }

  static func responder(_ folder: TemporaryFolder) throws -> ResponderPipeline<StudioResponder> {
    let source = try DataSource(folder.path)
    return ResponderPipeline(
      StudioResponder(
        try Studio(
          Studio.Data(
            source, preprocessing: Preprocessing(imageSize: 6), testFraction: 0.2, seed: 0, cache: nil,
            arguments: [folder.path]))))
  }

  /// What an answer says.
  struct Answer {
    let status: Int
    let headers: HTTPFields
    let bytes: [UInt8]

    var text: String { String(decoding: bytes, as: UTF8.self) }
    var json: [String: Any] {
      get throws { try #require(JSONSerialization.jsonObject(with: Data(bytes)) as? [String: Any]) }
    }

    /// The server-sent events: their names and what they hold.
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
    host: String = "localhost", from: String? = nil
  ) async throws -> Answer {
    var head = HTTPRequest(method: method, scheme: "http", authority: host, path: path)
    head.headerFields[.contentType] = type
    head.headerFields[try #require(HTTPField.Name("Sec-Fetch-Site"))] = from
    let connection = Connection(NIOAsyncTestingChannel())
    let response = await responder.respond(
      to: Request(head: head, body: RequestBody(buffer: ByteBuffer(bytes: body))), over: connection)
    let collector = BodyCollector()
    try await response.body.write(collector)
    return Answer(status: Int(response.status.code), headers: response.headers, bytes: collector.bytes)
  }

  /// The model that the library trains with the studio's first settings, but for the learning rate and iterations.
  func trained(rate: Double, iterations: Int) throws -> TrainingRun {
    let dataset = try Dataset(DataSource(folder.path), preprocessing: Preprocessing(imageSize: 6))
    let training = try #require(dataset.subset(.training))
    return try Trainer(with: .gradientDescent(learningRate: .fixed(rate)), iterations: iterations, form: .dual)
      .fit(.neuron(inputs: training.featureCount), to: training)
  }

  @Test("the page has all its parts, and needs nothing from elsewhere")
  func page() async throws {
    let page = try await ask("/?rate=0.5&size=8")
    #expect(page.status == 200 && page.headers[.contentType] == "text/html; charset=utf-8")
    for id in ["look", "settings", "watch", "strip", "judge", "asking", "recipe", "keep"] {
      #expect(page.text.contains("id=\"\(id)\""), "\(id)")
    }
    #expect(!page.text.contains("http://") && !page.text.contains("https://"))
    for file in ["studio.css", "studio.js", "weights.js", "ask.js"] {
      let asset = try await ask("/" + file)
      #expect(asset.status == 200 && asset.bytes.count > 500 && !asset.text.contains("https://"))
    }
    let head = try await ask("/", method: .head)
    #expect(head.status == 200 && head.bytes.isEmpty)
  }

  @Test("a training ends with all that changes on the page, and its numbers are the library's")
  func train() async throws {
    let events = try await ask("/train?rate=0.03&iterations=50&run=x").events
    let last = try #require(events.last)
    #expect(last.name == "done")
    let html = try #require(last.content["html"] as? [String: String])
    #expect(Set(html.keys) == ["look", "watch", "strip", "judge", "recipe", "keep", "result"])
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

  @Test("the model that is downloaded is the library's, with the scores of its parts")
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

  @Test("a photo, its file and its painted pixels get the library's numbers")
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
    let image = try #require((asked["picture"] as? String)?.split(separator: ",").last)
    let seen = try Image(decoding: Array(try #require(Data(base64Encoded: String(image)))), named: "picture")
    #expect(seen.pixels == features)
  }

  @Test("photos of a cell are those that the evaluation put there")
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

  @Test("pictures of the data, its means and the film are pictures")
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
    let history = try Image(decoding: await ask("/film.png?rate=0.01&iterations=5").bytes, named: "film")
    #expect(
      history.pixels.prefix(6 * 6 * 3).allSatisfy { $0 == 0 } && history.pixels.suffix(6 * 6 * 3).contains { $0 > 100 })
  }

  @Test("a race shows every rate, the one that diverges too")
  func race() async throws {
    let html = try #require(try await ask("/race?iterations=300&rates=0.001,0.02,1e308").json["html"] as? String)
    #expect(html.components(separatedBy: "class=\"lane\"").count == 4 && html.contains("<svg"))
    #expect(html.contains("<b>1e308</b>: diverged"))
  }

  @Test("a training can be stopped, and is then one of so many iterations")
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
    // From memory, under the settings that would have stopped there by themselves.
    let model = try await ask("/model.safetensors?\(try #require(settings["query"]))")
    #expect(model.status == 200)
    #expect(try await ask("/stop?run=long", method: .post).status == 404)
  }

  @Test("one who leaves takes a long training along")
  func leave() async throws {
    struct Left: Error {}
    struct Leaving: ResponseBodyWriter {
      mutating func write(_ buffer: ByteBuffer) async throws { throw Left() }
      func finish(_ trailers: HTTPFields?) async throws {}
    }
    let head = HTTPRequest(
      method: .get, scheme: "http", authority: "localhost",
      path: "/train?rate=0.0001&iterations=100000&hidden=32&size=48&run=left")
    let connection = Connection(NIOAsyncTestingChannel())
    let response = await responder.respond(
      to: Request(head: head, body: RequestBody(buffer: ByteBuffer())), over: connection)
    await #expect(throws: Left.self) { try await response.body.write(Leaving()) }
    while responder.responder.pool.count > 0 { try await Task.sleep(for: .milliseconds(5)) }
    #expect(try await ask("/stop?run=left", method: .post).status == 404)
  }

  @Test(
    "what cannot be is refused with a reason",
    arguments: [
      ("/film.png?rate=-1", 400, "rate=-1"), ("/film.png?iterations=0", 400, "1 to 100000"),
      ("/film.png?size=5000", 400, "256"), ("/film.png?color=blue", 400, "rgb or gray"),
      ("/film.png?hidden=a", 400, "hidden=a"), ("/film.png?l2=nan", 400, "l2=nan"),
      ("/film.png?rate=1e308", 422, "diverged"), ("/photo.png?part=test&index=99", 404, "below 7"),
      ("/photo.png?part=none&index=0", 404, "no part"), ("/photos?part=test&label=0&answer=9", 404, "no such cell"),
      ("/mean.png?label=2", 404, "no such class"), ("/race?rates=", 400, "one to six"),
      ("/nothing", 404, "studio is at /"),
      ("/..%2f..%2fetc%2fpasswd", 404, "nothing at"),
    ])
  func refused(path: String, status: Int, words: String) async throws {
    let answer = try await ask(path)
    let reason = try #require(try answer.json["error"] as? String)
    #expect(answer.status == status && reason.contains(words), "\(answer.text)")
  }

  @Test("what another site asks for in a browser's name is refused")
  func strangers() async throws {
    #expect(try await ask("/", host: "evil.example").status == 403)
    #expect(try await ask("/", host: "127.0.0.1.evil.example").status == 403)
    #expect(try await ask("/", host: "127.0.0.1:8080").status == 200)
    #expect(try await ask("/", host: "[::1]:8080").status == 200)
    #expect(try await ask("/mean.png?label=0", from: "cross-site").status == 403)
    #expect(try await ask("/mean.png?label=0", from: "same-origin").status == 200)
    #expect(try await ask("/", from: "cross-site").status == 200)
  }

  @Test("a training that cannot be fails as an event; wrong methods and broken pictures are refused")
  func failed() async throws {
    let event = try #require(try await ask("/train?rate=1e308").events.last)
    #expect(event.name == "failed" && (event.content["failed"] as? String)?.contains("diverged") == true)
    let words = try #require(try await ask("/train?rate=x").events.last)
    #expect(
      words.name == "failed" && (words.content["failed"] as? String)?.contains("auto or a positive number") == true)
    #expect(try await ask("/", method: .post).status == 405)
    #expect(try await ask("/stop").status == 405)
    #expect(try await ask("/ask", method: .put).status == 405)
    #expect(try await ask("/ask", method: .post, body: Array("no picture".utf8)).status == 415)
    #expect(try await ask("/ask", method: .post).status == 400)
    let short = try await ask("/ask", method: .post, body: [1, 2], type: "application/x-percept-features")
    #expect(short.status == 400 && short.text.contains("not 108"))
  }
}
