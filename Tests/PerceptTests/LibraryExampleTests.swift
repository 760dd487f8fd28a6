import Percept
import PerceptTestSupport
import Testing

/// The examples of the README and of the library's documentation with their surroundings. The last test compares them, line by
/// line.
private func train(_ folder: String, in place: TemporaryFolder, print: (Any...) -> Void) async throws {
  let images = try await Dataset(contentsOf: folder, features: .backbone("efficientnet-lite0"))
  let split = images.split(test: 0.2, seed: 1)
  var configuration = TrainingConfiguration()
  configuration.optimizer = .lbfgs
  configuration.l2 = 0.01
  let training = Trainer(configuration).start(on: split.training)
  for try await progress in training.progress { print(progress.iteration, progress.cost) }
  let result = try await training.result
  let evaluation = try result.classifier.evaluate(on: split.test)
  print(evaluation.accuracy, evaluation.interval, evaluation.seenCount ?? 0)
  try result.classifier.write(to: place.path("pets.safetensors"), replacing: true)
  try Report(result, evaluation).write(to: place.path("pets.html"), replacing: true)
}

private func use(
  _ data: some Collection<UInt8>, _ buffer: UnsafeRawBufferPointer, in place: TemporaryFolder, print: (Any...) -> Void
) throws {
  let pets = try Classifier(contentsOf: place.path("pets.safetensors"))
  let prediction = try pets.predict(encoded: data)
  let frame = try pets.predict(Image(width: 640, height: 480, format: .rgba, pixels: buffer))
  print(pets.classNames[prediction.label], prediction.probability, frame.probability)
  let explanation = try pets.explain(encoded: data)
  try explanation.figure.write(to: place.path("why.png"), replacing: true)
}

private func measure(
  _ result: TrainingRun, _ evaluation: Evaluation, _ images: Dataset, print: (Any...) -> Void
) throws {
  let verdict = evaluation.verdict
  print(verdict.accuracy.value, verdict.baseline.value, verdict.sentence)
  let unseen = try result.classifier.evaluateUnseen(in: images)
  print(unseen.leftOut, unseen.evaluation?.accuracy ?? .nan)
}

private func trainOnPixels(_ folder: String, print: (Any...) -> Void) throws -> TrainingRun {
  let faces = try Dataset(imageFolder: folder)
  let network = Network(inputs: faces.featureCount, classes: faces.classNames.count)
  let run = try Trainer().fit(network, to: faces)
  print(run.costs.last ?? .nan)
  return run
}

private func loadWithCache(_ folder: String, in place: TemporaryFolder) async throws -> Dataset {
  let cache = PixelCache(folder: place.path("cache"))
  let photos = try await Dataset(contentsOf: folder, features: .hog, cache: cache)
  return photos
}

private func splitByPerson(_ images: Dataset) -> (training: Dataset, test: Dataset) {
  let person: (Example) -> String = { example in String(example.file.prefix { $0 != "_" }) }
  let byPerson = images.split(test: 0.2, groupedBy: person, seed: 1)
  return byPerson
}

@Suite("The library")
struct LibraryExampleTests {
  private static let hasBackbone = Backbone.installedNames.contains(Backbone.defaultName)

  @Test(
    "reads as the README's example: load, split, train, evaluate, write, read, predict, explain",
    .enabled(if: hasBackbone, "scripts/get-backbone has not been run"))
  func readme() async throws {
    let folder = try TemporaryFolder()
    try folder.addImages([("pets/cat", 20), ("pets/dog", 20)])
    nonisolated(unsafe) var lines: [[Any]] = []
    try await train(folder.path("pets"), in: folder) { (items: Any...) in lines.append(items) }
    let (costs, evaluation) = (lines.dropLast(), try #require(lines.last))
    #expect(!costs.isEmpty && costs.allSatisfy { $0.count == 2 })
    let correct = Int(8 * (try #require(evaluation[0] as? Double)))
    #expect(evaluation[1] as? ClosedRange<Double> == Proportion(correct, of: 8).interval)
    #expect(evaluation[2] as? Int == 0)
    #expect(try FileSystem.read(folder.path("pets.html")).count > 10_000)

    let photo = try FileSystem.read(folder.path("pets/dog/0003.png"))
    let pixels = [UInt8](repeating: 200, count: 640 * 480 * 4)
    try pixels.withUnsafeBytes { buffer in
      try use(photo, buffer, in: folder) { (items: Any...) in lines.append(items) }
    }
    let pets = try Classifier(contentsOf: folder.path("pets.safetensors"))
    let expected = try pets.predict(file: folder.path("pets/dog/0003.png"))
    #expect(lines.last?[0] as? String == pets.classNames[expected.label])
    #expect(lines.last?[1] as? Double == expected.probability)
    #expect(try FileSystem.read(folder.path("why.png")).starts(with: [0x89, 0x50, 0x4E, 0x47]))
  }

  @Test("loads, trains and measures as the examples of its documentation")
  func articles() async throws {
    let folder = try TemporaryFolder()
    try folder.addImages([("faces/anna", 12), ("faces/ben", 12)])
    nonisolated(unsafe) var lines: [[Any]] = []
    let print = { (items: Any...) in lines.append(items) }
    let run = try trainOnPixels(folder.path("faces"), print: print)
    #expect(lines[0][0] as? Double == run.costs[999])

    let photos = try await loadWithCache(folder.path("faces"), in: folder)
    #expect(photos.featureCount == 2020)
    #expect(PixelCache(folder: folder.path("cache")).entries().count == 1)

    let images = try Dataset(imageFolder: folder.path("faces"))
    let evaluation = try run.classifier.evaluate(on: images)
    try measure(run, evaluation, images, print: print)
    #expect(lines[1][0] as? Double == evaluation.accuracy && lines[1][1] as? Double == 0.5)
    #expect(lines[1][2] as? String == evaluation.verdict.sentence)
    #expect(lines[2][0] as? Int == 24 && (lines[2][1] as? Double)?.isNaN == true)
  }

  @Test("keeps the images of a person on one side of a split, as the example of its documentation")
  func groups() throws {
    let examples = (0..<40).map { Example(file: "\($0 / 4)_\($0 % 4).png", label: $0 / 4 % 2) }
    let pixels = Preprocessing(size: ImageSize(width: 1, height: 1), color: .gray)
    let images = try Dataset(
      features: examples.indices.map { [UInt8($0)] }, examples: examples, classNames: ["a", "b"], preprocessing: pixels)
    let split = splitByPerson(images)
    let people = [split.training, split.test].map { Set($0.examples.map { $0.file.prefix { $0 != "_" } }) }
    #expect(people[0].count == 8 && people[1].count == 2 && people[0].isDisjoint(with: people[1]))
  }

  @Test("every line of the examples stands in this file")
  func sameAsDocuments() throws {
    let root = FileSystem.folder(of: FileSystem.folder(of: FileSystem.folder(of: #filePath)))
    let articles = ["GettingStarted", "Features", "HonestNumbers"].map { "Sources/Percept/Percept.docc/\($0).md" }
    let texts = try (["README.md"] + articles).map { path in
      String(decoding: try FileSystem.read(FileSystem.path(root, path)), as: UTF8.self)
    }
    // They write to the current folder.
    let source = String(decoding: try FileSystem.read(#filePath), as: UTF8.self)
      .replacing(/place\.path\(("[^"]*")\)/) { $0.output.1 }
    let this = Set(source.split(separator: "\n").map(stripped))
    let blocks = texts.flatMap { text in
      text.split(separator: "```", omittingEmptySubsequences: false).filter { $0.hasPrefix("swift\n") }
    }
    #expect(blocks.count == 11)
    for line in blocks.flatMap({ $0.split(separator: "\n").dropFirst() }) { #expect(this.contains(stripped(line))) }
  }

  private func stripped(_ line: Substring) -> String { String(line.drop { $0 == " " }) }
}
