import PerceptFeatures
import PerceptIO
import PerceptImages
import PerceptPlatform
import PerceptTestSupport
import Testing

@Suite("Backbone")
struct BackboneTests {
  /// A graph with one convolution of 1 x 1 from 3 to 2 channels: 2·red - blue + 1, and green.
  private static func mixing(
    _ metadata: [(String, String)] = [], input: [Int?] = [1, 3, nil, nil], name: String = "mixing"
  ) throws -> Backbone {
    var builder = ONNXBuilder(
      [.node("Conv", ["x", "w", "b"], ["y"])],
      [.floats("w", [2, 0, -1, 0, 1, 0]), .floats("b", [1, 0])])
    builder.initializers[0] = .tensor(
      "w", [2, 3, 1, 1],
      raw: [2, 0, -1, 0, 1, 0].flatMap { withUnsafeBytes(of: Float($0).bitPattern.littleEndian, Array.init) })
    builder.inputs = [.value("x", input)]
    builder.model = Message().messages(14, metadata.map { Message.entry($0, $1) })
    return try Backbone(builder.bytes[...], named: name)
  }

  private static let scaled = [
    ("percept.mean", "0"), ("percept.std", "255"), ("percept.feature_scale", "50"), ("percept.name", "mix"),
    ("percept.image_size", "8"), ("percept.size_multiple", "4"), ("percept.license", "MIT"),
  ]

  @Test("name, size, license and number of features come from the file")
  func facts() throws {
    let backbone = try Self.mixing(Self.scaled)
    #expect(backbone.name == "mix" && backbone.imageSize == ImageSize(8) && !backbone.isFixedSize)
    #expect(backbone.featureCount == 2 && backbone.license == "MIT" && backbone.source == nil)
    #expect(backbone.digest == sha256(backbone.file.bytes))
    let plain = try Self.mixing(input: [1, 3, 20, 30])
    #expect(plain.name == "mixing" && plain.imageSize == ImageSize(width: 30, height: 20) && plain.isFixedSize)
    #expect(plain.parameters == .imageNet)
    #expect(try Self.mixing() == Self.mixing() && plain != backbone)
  }

  @Test("sizes and color modes that the network does not accept are refused")
  func refused() throws {
    func check(_ backbone: Backbone, _ size: ImageSize, _ color: ColorMode = .rgb) throws {
      try Preprocessing(size: size, color: color, extractor: .backbone(backbone)).check()
    }
    let backbone = try Self.mixing(Self.scaled)
    #expect(throws: FeatureError.needsColor(backbone: "mix")) { try check(backbone, ImageSize(8), .gray) }
    let image = TestImages.photo(seed: 1, width: 9, height: 9)
    #expect(throws: FeatureError.needsColor(backbone: "mix")) {
      try Preprocessing(imageSize: 8, color: .gray, extractor: .backbone(backbone)).features(of: image)
    }
    #expect(throws: FeatureError.sizeMultiple(backbone: "mix", multiple: 4, got: ImageSize(10))) {
      try check(backbone, ImageSize(10))
    }
    #expect(throws: Never.self) { try check(backbone, ImageSize(width: 12, height: 4)) }
    let fixed = try Self.mixing(input: [1, 3, 20, 30])
    #expect(
      throws: FeatureError.fixedSize(
        backbone: "mixing", size: ImageSize(width: 30, height: 20), got: ImageSize(20))
    ) { try check(fixed, ImageSize(20)) }
  }

  @Test(
    "malformed metadata is refused",
    arguments: [
      ("percept.mean", "1,2"), ("percept.mean", "a"), ("percept.std", "0"), ("percept.std", "-1"),
      ("percept.feature_scale", "0"), ("percept.feature_scale", "nan"), ("percept.mean", "inf"),
      ("percept.image_size", "0"), ("percept.image_size", "large"), ("percept.image_size", "99999"),
      ("percept.size_multiple", "0"), ("percept.size_multiple", "9223372036854775807"), ("percept.size_multiple", "x"),
    ])
  func metadata(key: String, value: String) {
    #expect(throws: FeatureError.malformedMetadata(backbone: "mixing")) { try Self.mixing([(key, value)]) }
  }

  @Test("a file that is not a graph, or does more than compute features, is refused")
  func unusable() {
    #expect(throws: FeatureError.self) { try Backbone(Array("not a graph".utf8)[...], named: "x") }
    let loop = ONNXBuilder([.node("Loop", ["x"], ["y"], name: "again")])
    let error = #expect(throws: FeatureError.self) { try Backbone(loop.bytes[...], named: "x") }
    #expect("\(error.map { "\($0)" } ?? "")".contains("Loop"))
  }

  @Test("a name of other features, of several lines, or that is long is refused")
  func names() throws {
    func name(_ own: String, _ name: String = "file") throws -> String {
      try Self.mixing([("percept.name", own)], name: name).name
    }
    #expect(try name("") == "file" && name("réseau 2") == "réseau 2")
    #expect(try name(String(repeating: "n", count: 255)).count == 255)
    for (own, file) in [("hog", "file"), ("pixels", "file"), ("", "hog")] {
      let problem = "\(own.isEmpty ? file : own) is the name of other features; give it another name"
      #expect(throws: FeatureError.unusable(backbone: file, problem: problem)) { try name(own, file) }
    }
    for own in [String(repeating: "n", count: 256), "two\nlines", "\u{1B}[2J", "\u{202E}gnp"] {
      #expect(throws: FeatureError.malformedMetadata(backbone: "file")) { try name(own) }
    }
  }

  @Test("a file that is too large or not an ONNX model is refused before it is read")
  func largeFiles() throws {
    let folder = try TemporaryFolder()
    func sparse(_ name: String, _ start: [UInt8]) throws -> String {
      let path = try folder.write(start, to: name)
      #expect(truncate(path, 1 << 40) == 0)
      return path
    }
    let large = try sparse("large.onnx", [8, 8])
    #expect(throws: FileError(large, .tooLarge(limit: 1 << 30))) { try Backbone(contentsOf: large) }
    let zeros = try sparse("zeros.onnx", [])
    let problem = "it is not an ONNX model, or it is damaged: it does not begin with the version of its format"
    let error = FeatureError.unusable(backbone: "zeros", problem: problem)
    #expect(throws: error) { try Backbone(contentsOf: zeros) }
  }

  @Test("an output that is a scalar, such as a loss, is no output with features")
  func scalarOutput() throws {
    let mean = Message.node("ReduceMean", ["x"], ["loss"], [.attribute("keepdims", 0)])
    var builder = ONNXBuilder([mean])
    builder.outputs = [.value("loss", [])]
    let problem = "it has no output of the shape 1 x channels x height x width or 1 x channels"
    let error = FeatureError.unusable(backbone: "x", problem: problem)
    #expect(throws: error) { try Backbone(builder.bytes[...], named: "x") }
    builder.nodes.append(.node("Relu", ["x"], ["y"]))
    builder.outputs.append(.value("y", nil))
    #expect(try Backbone(builder.bytes[...], named: "x").featureCount == 3)
  }

  @Test("a name that is not installed is an error that names what there is")
  func notInstalled() throws {
    let error = #expect(throws: FeatureError.self) { try FeatureExtractor(named: "hgo") }
    #expect("\(error.map { "\($0)" } ?? "")".contains("did you mean hog?"))
    #expect(try FeatureExtractor(named: "pixels") == .pixels && FeatureExtractor(named: "hog") == .hog)
    #expect(try FeatureExtractor(named: TestBackbone.path()).name == "resnet18-legacy")
  }
}

@Suite("Backbone, run by ONNX Runtime", .enabled(if: TestBackbone.isRuntimeInstalled))
struct BackboneRunTests {
  @Test("a feature is the mean of a channel, multiplied by the scale and rounded")
  func pooled() throws {
    var builder = ONNXBuilder([.node("Relu", ["x"], ["y"])])
    builder.inputs = [.value("x", [1, 3, nil, nil])]
    builder.model = Message().messages(
      14, [.entry("percept.mean", "10"), .entry("percept.std", "2"), .entry("percept.feature_scale", "3")])
    let backbone = try Backbone(builder.bytes[...], named: "relu")
    let image = TestImages.photo(seed: 3, width: 9, height: 5)
    let preprocessing = Preprocessing(size: image.size, extractor: .backbone(backbone))
    let expected = (0..<3).map { channel in
      let values = stride(from: channel, to: image.pixels.count, by: 3).map {
        max(0, (Double(image.pixels[$0]) - 10) / 2)
      }
      return UInt8(min(values.reduce(0, +) / Double(values.count) * 3 + 0.5, 255))
    }
    #expect(try preprocessing.features(of: image) == expected)
    let map = try preprocessing.featureMap(of: preprocessing.prepared(of: image))
    #expect(map.size == image.size)
    let shares = map.divided([1, 0, 0])
    let reds = stride(from: 0, to: image.pixels.count, by: 3).map { max(0, Double(image.pixels[$0]) - 10) }
    for (share, red) in zip(shares, reds) { #expect(abs(share - red / reds.reduce(0, +)) < 1e-6) }
  }

  @Test(
    "exported networks give the same features each time, from any thread, and maps that divide them",
    arguments: ["resnet18-legacy", "mobilenetv3-legacy", "vit-legacy", "vit-dynamo", "resnet18-dynamo"])
  func exports(name: String) throws {
    let backbone = try TestBackbone.load(name)
    let preprocessing = Preprocessing(size: backbone.imageSize, extractor: .backbone(backbone))
    try preprocessing.check()
    let images = (0..<4).map { TestImages.photo(seed: $0, width: 80, height: 70) }
    let features = try images.map(preprocessing.features(of:))
    #expect(Set(features).count == images.count && Set(features[0]).count > 3)
    let reader = FeatureReader(preprocessing)
    for image in images.shuffled() {
      var (row, thumbnail) = (
        [UInt8](repeating: 0, count: preprocessing.featureCount),
        [UInt8](repeating: 0, count: preprocessing.thumbnail?.sampleCount ?? 0)
      )
      try row.withUnsafeMutableBufferPointer { row in
        try thumbnail.withUnsafeMutableBufferPointer { try reader.write(image, into: row, thumbnail: $0) }
      }
      #expect(features.contains(row) && Set(thumbnail).count > 3)
    }
    let map = try preprocessing.featureMap(of: preprocessing.prepared(of: images[0]))
    let values = (0..<backbone.featureCount).map { Double($0 % 7) - 3 }
    #expect(abs(map.divided(values).reduce(0, +) - values.reduce(0, +)) < 1e-9)
    #expect(map.size.width > 1)
  }

  @Test("features that are not finite numbers are an error that names the image")
  func notFinite() throws {
    let backbone = try Backbone(
      ONNXBuilder([.node("Neg", ["x"], ["n"]), .node("Log", ["n"], ["y"])]).bytes[...], named: "log")
    let preprocessing = Preprocessing(imageSize: 8, extractor: .backbone(backbone))
    let image = TestImages.photo(seed: 1, width: 9, height: 9)
    #expect(throws: FeatureError.notFinite(backbone: "log", image: nil)) { try preprocessing.features(of: image) }
    let folder = try TemporaryFolder()
    let file = try folder.write(image.encodedPNG(), to: "a.png")
    let error = FeatureError.notFinite(backbone: "log", image: file)
    #expect(throws: error) { try preprocessing.features(ofFile: file) }
    #expect("\(error)".hasPrefix("\(file): log computes"))
    var row = [UInt8](repeating: 0, count: preprocessing.featureCount)
    #expect(throws: error) {
      try row.withUnsafeMutableBufferPointer { _ = try FeatureReader(preprocessing).read(file, into: $0) }
    }
  }

  @Test("images that take much memory wait for each other")
  func largeImages() async throws {
    var builder = ONNXBuilder([.node("Relu", ["x"], ["y"])])
    builder.inputs = [.value("x", [1, 3, 1800, 1800])]  // 246 MB
    let preprocessing = Preprocessing(
      imageSize: 1800, extractor: .backbone(try Backbone(builder.bytes[...], named: "large")))
    let image = TestImages.photo(seed: 1, width: 9, height: 9)
    let expected = try preprocessing.features(of: image)
    try await withThrowingTaskGroup(of: [UInt8].self) { group in
      for _ in 0..<6 { group.addTask { try preprocessing.features(of: image) } }
      for try await features in group { #expect(features == expected) }
    }
  }

  @Test("features without a scale are normalized: the same for an image whose features are all larger")
  func normalized() {
    let parameters = BackboneParameters.imageNet
    let features = [0, 1, -1, 4, -0.25, 100]
    #expect(parameters.bytes(of: features) == parameters.bytes(of: features.map { 3 * $0 }))
    #expect(parameters.bytes(of: [0, 0]) == [128, 128])
    #expect(parameters.bytes(of: [1, 1]) == [160, 160])  // v = 1: 128 + 127·√(1/16)
    #expect(parameters.bytes(of: [-1, -1]) == [96, 96])
  }
}
