import PerceptFeatures
import PerceptIO
import PerceptImages
import PerceptLinearAlgebra
import PerceptModels
import PerceptTestSupport
import Testing

/// A classifier whose weights are random numbers.
func randomClassifier(seed: UInt64, imageSize: Int = 3) -> Classifier {
  var generator = SeededGenerator(seed: seed)
  let preprocessing = Preprocessing(imageSize: imageSize)
  var network = Network.neuron(inputs: preprocessing.featureCount)
  for j in 0..<network.inputs { network.layers[0].weights.elements[j] = Double.random(in: -1...1, using: &generator) }
  network.layers[0].bias = [Double.random(in: -1...1, using: &generator)]
  let record = TrainingRecord(
    .test(learningRate: 0.1, iterations: 2), learningRate: 0.1, stableLearningRate: 1.0 / 3,
    costs: [0.6931471805599453, 0.1 + 0.2],
    scores: ["train": Score(correct: 3, count: 4, majorityClass: "b/\"ö\"", majorityCount: 2)])
  return Classifier(network: network, classNames: ["a", "b/\"ö\""], preprocessing: preprocessing, record: record)
}

@Suite("Model file")
struct ModelFileTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  @Test("what is written reads back equal, to the last bit", arguments: 0..<20 as Range<UInt64>)
  func roundTrip(seed: UInt64) throws {
    let classifier = randomClassifier(seed: seed, imageSize: Int(seed) + 1)
    try classifier.write(to: folder.path("m.safetensors"))
    #expect(try Classifier(contentsOf: folder.path("m.safetensors")) == classifier)
  }

  @Test("equal classifiers give equal bytes, and the tensors begin at a multiple of eight")
  func bytes() throws {
    let bytes = try randomClassifier(seed: 1).encoded()
    #expect(try randomClassifier(seed: 1).encoded() == bytes)
    let headerLength = bytes[..<8].reversed().reduce(0) { $0 << 8 | Int($1) }
    #expect(headerLength % 8 == 0)
    #expect(bytes.count == 8 + headerLength + 8 * (27 + 1))
  }

  @Test("a file that is there stays unless it may be replaced")
  func refusesToReplace() throws {
    let path = try folder.write([1, 2, 3], to: "m.safetensors")
    #expect(throws: FileError(path, .alreadyExists)) { try randomClassifier(seed: 1).write(to: path) }
    #expect(try FileSystem.read(path) == [1, 2, 3])
    try randomClassifier(seed: 1).write(to: path, replacing: true)
    #expect(try Classifier(contentsOf: path) == randomClassifier(seed: 1))
    #expect(try FileSystem.names(inFolder: folder.path) == ["m.safetensors"])
  }

  @Test("every truncated file is refused by name")
  func truncated() throws {
    let bytes = try randomClassifier(seed: 2).encoded()
    let path = folder.path("cut.safetensors")
    for length in 0..<bytes.count {
      try FileSystem.write(Array(bytes[..<length]), to: path, replacing: true)
      #expect {
        try Classifier(contentsOf: path)
      } throws: { error in
        "\(error)".hasPrefix("\(path): not a valid Percept model: ")
      }
    }
  }

  @Test("a file with a changed byte is refused or reads as some model; nothing crashes")
  func corrupt() throws {
    let bytes = try randomClassifier(seed: 3).encoded()
    var generator = SeededGenerator(seed: 3)
    for _ in 0..<5000 {
      var changed = bytes
      for _ in 0..<Int.random(in: 1...3, using: &generator) {
        changed[Int.random(in: 0..<changed.count, using: &generator)] = UInt8.random(in: 0...255, using: &generator)
      }
      do {
        let classifier = try Classifier(decoding: changed, named: "x")
        #expect(classifier.network.inputs == classifier.preprocessing.featureCount)
      } catch let error as ModelError {
        #expect("\(error)".hasPrefix("x: "))
      }
    }
  }

  @Test("lengths and offsets that cannot be are refused before they are believed")
  func impossible() throws {
    let bytes = try randomClassifier(seed: 4).encoded()
    let headerLength = bytes[..<8].reversed().reduce(0) { $0 << 8 | Int($1) }
    let header = String(decoding: bytes[8..<8 + headerLength], as: UTF8.self)
    let data = bytes[(8 + headerLength)...]
    for (old, new) in [
      ("\"shape\":[1,27]", "\"shape\":[9223372036854775807,27]"), ("\"shape\":[1,27]", "\"shape\":[-1,-27]"),
      ("[8,224]", "[8,9223372036854775807]"), ("[8,224]", "[-208,8]"), ("[8,224]", "[224,8]"), ("[8,224]", "[8]"),
      ("[8,224]", "[9,225]"), ("\"F64\"", "\"F16\""), ("\"shape\":[1,27]", "\"shape\":[27,1]"),
    ] {
      let text = header.split(separator: old, omittingEmptySubsequences: false).joined(separator: new)
      #expect(text != header, "\(old) stands in the header")
      var length = UInt64(text.utf8.count).littleEndian
      let changed = withUnsafeBytes(of: &length, Array.init) + Array(text.utf8) + data
      #expect(throws: ModelError.self) { try Classifier(decoding: changed, named: "x") }
    }
  }

  @Test("a newer format, another program's file and another kind of file are told apart")
  func others() throws {
    func replaced(_ old: String, by new: String) throws -> [UInt8] {
      let bytes = try randomClassifier(seed: 5).encoded()
      return replacing(old, by: new, in: bytes)
    }
    #expect(throws: ModelError.newerFormat(path: "x", found: 3, known: 2)) {
      try Classifier(decoding: replaced(#"\"formatVersion\":2"#, by: #"\"formatVersion\":3"#), named: "x")
    }
    #expect(throws: ModelError.notAModel(path: "x", problem: "it is a safetensors file of another program")) {
      try Classifier(decoding: replaced(#""percept":"#, by: #""percapt":"#), named: "x")
    }
    #expect(throws: ModelError.self) {
      try Classifier(decoding: TestImages.noise(seed: 1, width: 9, height: 9).encodedPNG(), named: "x")
    }
    #expect(throws: FileError(folder.path("none"), .notFound)) { try Classifier(contentsOf: folder.path("none")) }
    #expect(throws: FileError(folder.path, .isFolder)) { try Classifier(contentsOf: folder.path) }
  }

  @Test("only __metadata__ is metadata, and tensors neither overlap nor leave gaps")
  func headers() throws {
    let bytes = try randomClassifier(seed: 4).encoded()
    let headerLength = bytes[..<8].reversed().reduce(0) { $0 << 8 | Int($1) }
    let header = String(decoding: bytes[8..<8 + headerLength], as: UTF8.self)
    for (old, new) in [
      ("{\"__metadata__\":", "{\"evil\":{\"percept\":\"{}\"},\"__metadata__\":"), ("[0,8]", "[8,16]"),
      ("{\"__metadata__\":", "{\"a\":{\"data_offsets\":[0,8],\"dtype\":\"F64\",\"shape\":[1]},\"__metadata__\":"),
    ] {
      let text = header.replacing(old, with: new)
      #expect(text != header)
      let changed =
        withUnsafeBytes(of: UInt64(text.utf8.count).littleEndian, Array.init) + Array(text.utf8)
        + bytes[(8 + headerLength)...]
      for _ in 0..<5 { #expect(throws: ModelError.self) { try Classifier(decoding: changed, named: "x") } }
    }
  }

  @Test("weights that are no numbers are refused")
  func notNumbers() throws {
    var bytes = try randomClassifier(seed: 6).encoded()
    withUnsafeBytes(of: Double.nan.bitPattern.littleEndian) {
      bytes.replaceSubrange(bytes.count - 8..<bytes.count, with: $0)
    }
    #expect(
      throws: ModelError.notAModel(
        path: "x", problem: "some weights are not finite, or so large that logits could exceed 1e+100")
    ) {
      try Classifier(decoding: bytes, named: "x")
    }
  }
}

/// Bytes in which the first of some text is replaced.
func replacing(_ old: String, by new: String, in bytes: [UInt8]) -> [UInt8] {
  guard let range = bytes.firstRange(of: old.utf8) else { return bytes }
  var changed = bytes
  changed.replaceSubrange(range, with: new.utf8)
  return changed
}
