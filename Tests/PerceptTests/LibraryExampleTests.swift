import Percept
import PerceptTestSupport
import Testing

/// The README's examples with their surroundings; the last test holds the two against each other, line by line.
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

  @Test("every line of the README's examples stands in this file")
  func sameAsReadme() throws {
    let root = FileSystem.folder(of: FileSystem.folder(of: FileSystem.folder(of: #filePath)))
    let readme = String(decoding: try FileSystem.read(FileSystem.path(root, "README.md")), as: UTF8.self)
    // The README writes to the current folder.
    let source = String(decoding: try FileSystem.read(#filePath), as: UTF8.self)
      .replacing(/place\.path\(("[^"]*")\)/) { $0.output.1 }
    let this = Set(source.split(separator: "\n").map(stripped))
    let blocks = readme.split(separator: "```", omittingEmptySubsequences: false).filter { $0.hasPrefix("swift\n") }
    #expect(blocks.count == 2)
    for line in blocks.flatMap({ $0.split(separator: "\n").dropFirst() }) { #expect(this.contains(stripped(line))) }
  }

  private func stripped(_ line: Substring) -> String { String(line.drop { $0 == " " }) }
}
