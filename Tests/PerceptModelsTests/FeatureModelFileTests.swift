import PerceptFeatures
import PerceptIO
import PerceptImages
import PerceptLinearAlgebra
import PerceptModels
import PerceptTestSupport
import Testing

@Suite("Model files of HOG and backbones")
struct FeatureModelFileTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private static func classifier(_ extractor: FeatureExtractor) throws -> Classifier {
    let size = extractor.backbone?.imageSize ?? ImageSize(24)
    let preprocessing = Preprocessing(size: size, extractor: extractor)
    var generator = SeededGenerator(seed: 1)
    var network = Network.neuron(inputs: preprocessing.featureCount)
    for j in 0..<network.inputs { network.layers[0].weights.elements[j] = Double.random(in: -1...1, using: &generator) }
    return Classifier(
      network: network, classNames: ["a", "b"], preprocessing: preprocessing,
      record: TrainingRecord(
        .test(learningRate: 0.1, iterations: 1), learningRate: 0.1, stableLearningRate: nil, costs: [1], scores: [:]))
  }

  @Test("a model of HOG features reads back equal")
  func hog() throws {
    let classifier = try Self.classifier(.hog)
    let read = try Classifier(decoding: classifier.encoded(), named: "m")
    #expect(read == classifier && read.preprocessing.extractor == .hog)
  }

  @Test("a model contains its backbone, and reads back equal")
  func embedded() throws {
    let backbone = try TestBackbone.load()
    let classifier = try Self.classifier(.backbone(backbone))
    let bytes = try classifier.encoded()
    let read = try Classifier(decoding: bytes, named: "m")
    #expect(read == classifier && read.preprocessing.extractor.backbone?.file.bytes == backbone.file.bytes)
    #expect(try read.encoded() == bytes)
    #expect(bytes.count > backbone.file.bytes.count)
  }

  @Test("a linked backbone is left out, and found among those in use")
  func linked() throws {
    let classifier = try Self.classifier(.backbone(TestBackbone.load()))
    let bytes = try classifier.encoded(linkingBackbone: true)
    #expect(bytes.count < 10_000 + 16 * classifier.preprocessing.featureCount)
    #expect(try Classifier(decoding: bytes, named: "m") == classifier)
  }

  @Test("a linked backbone that is not installed is an error that names it")
  func missing() throws {
    let text = try Self.classifier(.backbone(TestBackbone.load())).encoded(linkingBackbone: true)
    let digest = try TestBackbone.load().digest
    let other = String(repeating: "0", count: 64)
    let start = 8 + text[..<8].reversed().reduce(0) { $0 << 8 | Int($1) }
    let header = String(decoding: text[8..<start], as: UTF8.self).replacing(digest, with: other)
    let bytes = text[..<8] + Array(header.utf8) + text[start...]
    let error = #expect(throws: ModelError.self) { try Classifier(decoding: Array(bytes), named: "m.safetensors") }
    let words = error.map { "\($0)" } ?? ""
    #expect(words.hasPrefix("m.safetensors: ") && words.contains("resnet18-legacy") && words.contains("not installed"))
  }

  @Test("a backbone whose name is longer than that of a file is refused")
  func longName() throws {
    let model = try Self.classifier(.backbone(TestBackbone.load())).encoded(linkingBackbone: true)
    let start = 8 + model[..<8].reversed().reduce(0) { $0 << 8 | Int($1) }
    let header = String(decoding: model[8..<start], as: UTF8.self)
      .replacing("resnet18-legacy", with: String(repeating: "n", count: 256))
    let bytes = withUnsafeBytes(of: UInt64(header.utf8.count).littleEndian, Array.init) + header.utf8 + model[start...]
    let problem = "the name or the parameters of its backbone are invalid"
    #expect(throws: ModelError.notAModel(path: "m", problem: problem)) { try Classifier(decoding: bytes, named: "m") }
  }

  @Test("a damaged backbone is refused")
  func damaged() throws {
    let backbone = try TestBackbone.load()
    var bytes = try Self.classifier(.backbone(backbone)).encoded()
    let start = try #require(
      bytes.indices.first { index in bytes[index...].starts(with: backbone.file.bytes.prefix(40)) })
    bytes[start + backbone.file.bytes.count / 2] ^= 1  // a weight
    let error = #expect(throws: ModelError.self) { try Classifier(decoding: bytes, named: "m") }
    #expect("\(error.map { "\($0)" } ?? "")".contains("damaged"))
    bytes[start] ^= 0xFF  // not a graph
    #expect(throws: ModelError.self) { try Classifier(decoding: bytes, named: "m") }
  }

  @Test(
    "predictions through a model file are the same to the last bit", .enabled(if: TestBackbone.isRuntimeInstalled))
  func predictions() throws {
    let classifier = try Self.classifier(.backbone(TestBackbone.load("mobilenetv3-legacy")))
    let file = try folder.write(TestImages.photo(seed: 5, width: 90, height: 80).encodedJPEG(), to: "a.jpg")
    let read = try Classifier(decoding: classifier.encoded(), named: "m")
    let bytes = try FileSystem.read(file)
    let expected = try classifier.predict(file: file)
    #expect(try read.predict(file: file) == expected)
    #expect(try read.predict(decoding: bytes, named: "a") == expected)
    #expect(try read.predict(Image(contentsOf: file)) == expected)
  }
}
