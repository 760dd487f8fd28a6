import Percept
import PerceptTestSupport
import Testing

/// The README's example with its surroundings; the last test holds the two against each other, line by line.
private func example(faces: String, model: String, report: String, photo: String, print: (Any...) -> Void) throws {
  let photos = try Dataset(imageFolder: faces, preprocessing: .init(imageSize: 64))
  let (training, test) = photos.split(test: 0.2, stratified: true, seed: 1)
  var configuration = TrainingConfiguration()
  configuration.learningRate = 0.005
  configuration.scaling = .unit
  let run = try Trainer(configuration).fit(.neuron(inputs: photos.featureCount), to: training) {
    print($0.iteration, $0.cost)
  }
  let evaluation = try run.classifier.evaluate(on: test)
  print(evaluation.accuracy, evaluation.misclassified.count)
  try run.classifier.write(to: model)
  try Report(run, evaluation).write(to: report)

  let classifier = try Classifier(contentsOf: model)
  let prediction = try classifier.predict(file: photo)
  print(classifier.classNames[prediction.label], prediction.probability)
}

@Suite("The library")
struct LibraryExampleTests {
  @Test("reads as the README's example: load, split, train, evaluate, write, read, predict")
  func readme() throws {
    let faces = try TemporaryFolder()
    try faces.addImages([("left", 20), ("right", 20)])
    var lines: [[Any]] = []
    try example(
      faces: faces.path, model: faces.path("faces.safetensors"), report: faces.path("report.html"),
      photo: faces.path("right/0003.png")
    ) { (items: Any...) in lines.append(items) }

    #expect(lines.count == 1002)
    #expect(lines[999][0] as? Int == 999)
    #expect(lines[1000][0] as? Double == 1)
    #expect(lines[1001][0] as? String == "right")
    #expect(try FileSystem.read(faces.path("report.html")).count > 10_000)
  }

  @Test("every line of the README's example stands in this file")
  func sameAsReadme() throws {
    let root = FileSystem.folder(of: FileSystem.folder(of: FileSystem.folder(of: #filePath)))
    let readme = String(decoding: try FileSystem.read(FileSystem.path(root, "README.md")), as: UTF8.self)
    let this = Set(String(decoding: try FileSystem.read(#filePath), as: UTF8.self).split(separator: "\n").map(stripped))
    let blocks = readme.split(separator: "```", omittingEmptySubsequences: false).filter { $0.hasPrefix("swift\n") }
    #expect(blocks.count == 1)
    for line in blocks.flatMap({ $0.split(separator: "\n").dropFirst() }) { #expect(this.contains(stripped(line))) }
  }

  private func stripped(_ line: Substring) -> String { String(line.drop { $0 == " " }) }
}
