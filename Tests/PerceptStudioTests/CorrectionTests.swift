import Foundation
import Hummingbird
import PerceptDatasets
import PerceptFeatures
import PerceptIO
import PerceptModels
import PerceptServer
import PerceptStudio
import PerceptTestSupport
import PerceptTraining
import Testing

@Suite("Corrections")
struct CorrectionTests {
  let studio: StudioTests
  let folder: TemporaryFolder
  let file: String

  init() throws {
    studio = try StudioTests()
    folder = try TemporaryFolder()
    file = folder.path("corrections.csv")
  }

  private func images(split: Bool) throws -> TemporaryFolder {
    let images = try TemporaryFolder()
    try images.addImages(
      split ? [("train/cat", 9), ("train/dog", 8), ("test/cat", 4), ("test/dog", 3)] : [("cat", 13), ("dog", 12)])
    return images
  }

  private func send(
    _ body: String, to responder: ResponderPipeline<StudioResponder>, token: String? = nil,
    origin: String? = "http://localhost"
  ) async throws -> StudioTests.Answer {
    let own = try await self.token(of: responder)
    var headers = ["X-Percept-Token": token ?? own]
    headers["Origin"] = origin
    return try await studio.ask(
      "/correct", method: .post, body: Array(body.utf8), headers: headers, responder: responder)
  }

  private func token(of responder: ResponderPipeline<StudioResponder>) async throws -> String {
    let page = try await studio.ask("/", responder: responder).text
    return String(try #require(page.firstMatch(of: /data-token="(\w{20,})"/)).1)
  }

  @Test(
    "the model after corrections is that of percept train --labels, in data with and without splits",
    arguments: [true, false])
  func model(split: Bool) async throws {
    let images = try images(split: split)
    let responder = try StudioTests.responder(images, corrections: file)
    var edition = ""
    for body in [
      #"{"row": 0, "decision": "relabel", "label": 1}"#, #"{"row": 20, "decision": "leave-out"}"#,
      #"{"row": 3, "decision": "keep"}"#,
    ] {
      let answer = try await send(body, to: responder)
      #expect(answer.status == 200, "\(answer.text)")
      edition = try #require(answer.json["edition"] as? String)
    }
    let settings = "rate=0.03&iterations=20&edition=\(edition)"
    let kept = try await studio.ask("/model.safetensors?\(settings)", responder: responder)
    let source = try DataSource(images.path, labels: file)
    let dataset = try Dataset(source, preprocessing: Preprocessing(imageSize: 6))
    #expect(dataset.count == (split ? 23 : 24) && dataset.isSplit)
    let splits = try DatasetSplits(of: dataset, testFraction: 0.2, seed: 0, path: "")
    var expected = try Trainer(
      .test(.gradientDescent, learningRate: .fixed(0.03), iterations: 20, form: .dual)
    ).fit(.neuron(inputs: 108), to: splits.training).classifier
    expected.record.draw = source.draw
    for (name, part) in splits.named { expected.record.scores[name] = try expected.evaluate(on: part).score }
    #expect(kept.bytes == (try expected.encoded()))
    #expect((source.draw == nil) == split)
    let last = try #require(try await studio.ask("/train?\(settings)&run=c", responder: responder).events.last)
    #expect((last.content["html"] as? [String: String])?["keep"]?.contains("--labels \(file)") == true)
    let change = try #require(try await studio.ask("/change?\(settings)", responder: responder).json["html"] as? String)
    #expect(change.contains("1 relabeled, 1 left out") && change.contains("95\u{A0}% interval"))
  }

  @Test("corrections move no other image to another split")
  func sameSplit() async throws {
    let images = try images(split: false)
    let before = try DatasetSplits(
      of: Dataset(DataSource(images.path), preprocessing: Preprocessing(imageSize: 6)), testFraction: 0.2, seed: 0,
      path: "")
    let responder = try StudioTests.responder(images, corrections: file)
    _ = try await send(#"{"row": 1, "decision": "relabel", "label": 1}"#, to: responder)
    _ = try await send(#"{"row": 2, "decision": "leave-out"}"#, to: responder)
    let dataset = try Dataset(DataSource(images.path, labels: file), preprocessing: Preprocessing(imageSize: 6))
    let after = try DatasetSplits(of: dataset, testFraction: 0.2, seed: 0, path: "")
    func files(_ splits: DatasetSplits) -> [Set<String>] {
      splits.named.map { Set($0.dataset.examples.map(\.file)) }
    }
    let (old, new) = (files(before), files(after))
    #expect(
      old.count == 2 && zip(old, new).allSatisfy { $1.isSubset(of: $0) } && old.joined().count == new.joined().count + 1
    )
  }

  @Test("decisions survive a restart, are withdrawn one by one, and no image changes")
  func restart() async throws {
    let images = try images(split: true)
    let before = try images.content()
    var responder = try StudioTests.responder(images, corrections: file)
    let first = try await send(#"{"row": 0, "decision": "leave-out"}"#, to: responder).json["edition"] as? String
    responder = try StudioTests.responder(images, corrections: file)
    let page = try await studio.ask("/", responder: responder).text
    #expect(page.contains("data-edition=\"\(try #require(first))\""))
    let findings = try await studio.ask("/findings", responder: responder).json
    let decisions = try #require(findings["decisions"] as? [String: [String: Any]])
    #expect(decisions.count == 1 && decisions["0"]?["decision"] as? String == "leave-out")
    let withdrawn = try await send(#"{"row": 0}"#, to: responder)
    #expect(try withdrawn.json["edition"] as? String == "")
    responder = try StudioTests.responder(images, corrections: file)
    #expect(try await studio.ask("/", responder: responder).text.contains("data-edition=\"\""))
    #expect(try images.content() == before)
  }

  @Test("only the page itself writes: method, origin and token are checked")
  func forgery() async throws {
    let responder = try StudioTests.responder(try images(split: true), corrections: file)
    let body = #"{"row": 0, "decision": "keep"}"#
    for origin in [nil, "http://evil.example", "null", "https://localhost"] {
      #expect(try await send(body, to: responder, origin: origin).status == 403, "\(origin ?? "none")")
    }
    #expect(try await send(body, to: responder, token: "").status == 403)
    #expect(try await send(body, to: responder, token: "x").status == 403)
    for method in ["GET", "PUT", "DELETE"] {
      let answer = try await studio.ask("/correct", method: .init(rawValue: method) ?? .get, responder: responder)
      #expect(answer.status == 405)
    }
    #expect(FileSystem.kind(of: file) == nil)
    #expect(try await send(body, to: responder).status == 200)
    #expect(FileSystem.kind(of: file) == .file)
  }

  @Test("invalid decisions are refused, and nothing is written")
  func invalid() async throws {
    let responder = try StudioTests.responder(try images(split: true), corrections: file)
    for (body, status) in [
      ("", 400), ("{}", 400), (#"{"row": 99, "decision": "keep"}"#, 404), (#"{"row": -1, "decision": "keep"}"#, 404),
      (#"{"row": 0, "decision": "delete"}"#, 400), (#"{"row": 0, "decision": "relabel", "label": 2}"#, 400),
      (#"{"row": 0, "decision": "relabel"}"#, 400),
    ] {
      let answer = try await send(body, to: responder)
      #expect(answer.status == status, "\(body): \(answer.text)")
    }
    #expect(FileSystem.kind(of: file) == nil)
    let without = try StudioTests.responder(try images(split: true))
    #expect(try await send(#"{"row": 0, "decision": "keep"}"#, to: without).text.contains("--corrections"))
  }

  @Test("a class keeps its last training image")
  func lastImage() async throws {
    let images = try TemporaryFolder()
    try images.addImages([("train/cat", 2), ("train/dog", 5), ("test/cat", 4), ("test/dog", 3)])
    let responder = try StudioTests.responder(images, corrections: file)
    var answers: [StudioTests.Answer] = []
    let dataset = try Dataset(DataSource(images.path), preprocessing: Preprocessing(imageSize: 6))
    for row in dataset.examples.indices
    where dataset.examples[row].label == 0 && dataset.examples[row].split == .training {
      answers.append(try await send("{\"row\": \(row), \"decision\": \"leave-out\"}", to: responder))
    }
    #expect(answers.map(\.status) == [200, 409] && answers[1].text.contains("no training photo left"))
  }

  @Test("a file with other content, or changed by another program, is not replaced")
  func foreignFile() async throws {
    let images = try images(split: true)
    let labels = "file,label\n\(images.path("train/cat/0000.png")),dog\n"
    try FileSystem.write(Array(labels.utf8), to: file, replacing: false)
    #expect { try StudioTests.responder(images, corrections: file) } throws: { "\($0)".contains("--labels") }
    try FileSystem.remove(file)
    let responder = try StudioTests.responder(images, corrections: file)
    try FileSystem.write(Array(labels.utf8), to: file, replacing: false)
    let answer = try await send(#"{"row": 0, "decision": "keep"}"#, to: responder)
    #expect(answer.status == 409 && answer.text.contains("changed by another program"))
    #expect(try FileSystem.read(file) == Array(labels.utf8))
  }

  @Test("a training with corrections that have changed since is refused")
  func oldEdition() async throws {
    let responder = try StudioTests.responder(try images(split: true), corrections: file)
    let event = try await studio.ask("/train?edition=1234&run=o", responder: responder).events.last
    #expect((event?.content["failed"] as? String)?.contains("reload the page") == true)
  }

  @Test("an unknown decision in a file for --labels is an error with its line")
  func unknownDecision() throws {
    let images = try images(split: true)
    let text = "file,label,decision\n\(images.path("train/cat/0000.png")),dog,maybe\n"
    try FileSystem.write(Array(text.utf8), to: file, replacing: false)
    #expect { try DataSource(images.path, labels: file) } throws: {
      "\($0)".contains("leave-out") && "\($0)".contains("2")
    }
  }
}

extension TemporaryFolder {
  /// The bytes of all files, by path.
  fileprivate func content() throws -> [String: [UInt8]] {
    try FileSystem.regularFiles(below: path).reduce(into: [:]) { $0[$1] = try FileSystem.read(self.path($1)) }
  }
}
