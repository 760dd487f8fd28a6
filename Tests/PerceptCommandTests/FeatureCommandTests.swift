import PerceptIO
import PerceptTestSupport
import Testing

@Suite("--features")
struct FeatureCommandTests {
  let folder: TemporaryFolder
  let percept = Program.percept

  init() throws {
    folder = try TemporaryFolder()
    try folder.addPhotos()
  }

  private var environment: [String: String] {
    ["XDG_DATA_HOME": folder.path("data"), "XDG_CACHE_HOME": folder.path("cache")]
  }

  private func run(_ arguments: [String]) throws -> Program.Result {
    try percept(arguments, in: folder, environment: environment)
  }

  @Test("HOG features are trained, cached, evaluated, explained and drawn")
  func hog() throws {
    let train = ["train", "photos", "--features", "hog", "--image-size", "32", "-o", "m.safetensors", "--json"]
    let object = try json(run(train).output)
    let preprocessing = try #require(object["preprocessing"] as? [String: Any])
    #expect(preprocessing["features"] as? String == "hog" && preprocessing["imageSize"] as? Int == 32)
    let configuration = try #require(object["configuration"] as? [String: Any])
    #expect(configuration["l2"] as? Double == 0.01)
    let model = try FileSystem.read(folder.path("m.safetensors"))
    #expect(try run(train + ["--force", "--quiet"]).status == 0)  // from the cache
    #expect(try FileSystem.read(folder.path("m.safetensors")) == model)
    #expect(try run(["cache", "list"]).output.contains("32 x 32 rgb hog"))
    #expect(try run(["evaluate", "m.safetensors", "photos"]).status == 0)
    let explained = try run([
      "explain", "m.safetensors", "photos/test/a/0000.png", "--figure", "e.svg", "--data", "photos",
    ])
    #expect(
      explained.status == 0 && explained.output.contains("Occlusion: the answer")
        && explained.output.contains("squares for"))
    #expect(explained.output.contains("Training influence"))
    #expect(try run(["figure", "weights", "m.safetensors", "-o", "w.svg"]).status == 0)
    #expect(try run(["figure", "weights", "m.safetensors", "--data", "photos", "-o", "maps.svg"]).status == 0)
    #expect(try run(["report", "m.safetensors", "photos", "-o", "r.html"]).status == 0)
    let report = String(decoding: try FileSystem.read(folder.path("r.html")), as: UTF8.self)
    let steps = try #require(report.firstRange(of: "<h2>Next steps</h2>"))
    let commands = report[steps.upperBound...].prefix(3000).matches(
      of: /<code>(percept (?:tune|explore|cross-validate) [^<]*)/)
    #expect(!commands.isEmpty && commands.allSatisfy { $0.output.1.contains("photos --features hog") })
    #expect(try run(["explore", "photos", "--features", "hog"]).status == 0)
    #expect(try run(["cross-validate", "photos", "--features", "hog", "--folds", "3"]).status == 0)
  }

  @Test("--link-backbone without a backbone is refused")
  func link() throws {
    for features in ["pixels", "hog"] {
      let result = try run(["train", "photos", "--features", features, "--link-backbone"])
      #expect(result.status == 64 && result.errors.contains("--link-backbone requires a backbone"), "\(result.errors)")
    }
  }

  @Test("JSON attributions of HOG features and the constant add up to the logit")
  func sum() throws {
    _ = try run(["train", "photos", "--features", "hog", "-o", "m.safetensors"])
    let object = try json(run(["explain", "m.safetensors", "photos/test/b/0001.png", "--json"]).output)
    let sums = try #require(object["contributions"] as? [String: Any])
    let (map, width) = (try #require(sums["pixels"] as? [Double]), try #require(sums["width"] as? Int))
    #expect(width == 8 && map.count == 64)
    let (constant, logit) = (try #require(sums["constant"] as? Double), try #require(sums["logit"] as? Double))
    let size = map.reduce(abs(constant)) { $0 + abs($1) }
    #expect(abs(map.reduce(constant, +) - logit) <= 1e-5 * size)
  }

  @Test("tune compares features, and prints the command with the recommended ones")
  func tune() throws {
    let result = try run(["tune", "photos", "--features", "pixels,hog", "--learning-rates", "auto", "--folds", "3"])
    #expect(result.status == 0)
    #expect(result.output.contains("features"))
    #expect(result.lines.count { $0.hasPrefix("pixels ") || $0.hasPrefix("hog ") } == 2)
    let command = try #require(result.lines.last)
    #expect(command.contains("--features pixels") || command.contains("--features hog"))
  }

  @Test(
    "options that make no sense are refused",
    arguments: [
      (["--features", "hgo"], "did you mean hog?"), (["--features", "hog", "--augment", "mirror"], "--augment"),
      (["--features", "hog", "--image-size", "12"], "at least 16 x 16"),
      (["--features", "BACKBONE", "--color", "gray"], "needs images in color"),
    ])
  func refused(options: [String], words: String) throws {
    let options = options.map { $0 == "BACKBONE" ? TestBackbone.path() : $0 }
    let result = try run(["train", "photos", "-o", "m.safetensors"] + options)
    #expect(result.status == 64 && result.errors.contains(words), "\(result.errors)")
    #expect(FileSystem.kind(of: folder.path("m.safetensors")) == nil)
  }

  @Test("without backbones, the list says how to install one")
  func backbones() throws {
    let result = try run(["backbones"])
    #expect(result.output.contains("get-backbone") && result.status == 0)
    let object = try json(run(["backbones", "--json"]).output)
    #expect((object["backbones"] as? [Any])?.isEmpty == true)
  }

  @Test("without ONNX Runtime, a backbone is an error that says how to install it")
  func noRuntime() throws {
    let result = try run(["train", "photos", "--features", TestBackbone.path(), "-o", "m.safetensors"])
    // Where the runtime is installed for the whole system, the training succeeds.
    #expect(
      result.status == 0 || (result.status == 66 && result.errors.contains("needs ONNX Runtime")), "\(result.errors)")
  }

  @Test("a graph that does more than compute features is refused before ONNX Runtime is opened")
  func hostile() throws {
    try folder.write(Array("not a graph".utf8), to: "x.onnx")
    let result = try run(["train", "photos", "--features", "x.onnx", "-o", "m.safetensors"])
    #expect(result.status == 65 && result.errors.contains("x cannot be used as a backbone"), "\(result.errors)")
  }
}

@Suite("--features with a backbone", .enabled(if: TestBackbone.isRuntimeInstalled))
struct BackboneCommandTests {
  let folder: TemporaryFolder
  let percept = Program.percept

  init() throws {
    folder = try TemporaryFolder()
    try folder.addPhotos()
  }

  private func run(_ arguments: String...) throws -> Program.Result { try percept(arguments, in: folder) }

  @Test("a model with its backbone is one file that predicts, explains and reports")
  func model() throws {
    let trained = try run("train", "photos", "--features", TestBackbone.path(), "-o", "m.safetensors", "--json")
    let object = try json(trained.output)
    let preprocessing = try #require(object["preprocessing"] as? [String: Any])
    #expect(preprocessing["features"] as? String == "resnet18-legacy")
    let size = try FileSystem.size(of: folder.path("m.safetensors"))
    #expect(try size > FileSystem.size(of: TestBackbone.path()))
    let linked = try run("train", "photos", "--features", TestBackbone.path(), "-o", "l.safetensors", "--link-backbone")
    #expect(linked.status == 0)
    #expect(try FileSystem.size(of: folder.path("l.safetensors")) < size / 2)
    let predicted = try run("predict", "m.safetensors", "photos/test/a/0000.png", "--json")
    #expect(predicted.status == 0)
    let missing = try run("predict", "l.safetensors", "photos/test/a/0000.png")
    #expect(missing.status == 65 || missing.status == 66)
    #expect(missing.errors.contains("resnet18-legacy") && missing.errors.contains("not installed"), "\(missing.errors)")
    let explained = try run("explain", "m.safetensors", "photos/test/a/0000.png", "--figure", "e.svg", "--map", "grid")
    #expect(explained.status == 0 && explained.output.contains("squares"), "\(explained.errors)")
    #expect(try run("figure", "weights", "m.safetensors", "--data", "photos", "-o", "w.svg").status == 0)
    #expect(try run("report", "m.safetensors", "photos", "-o", "r.html").status == 0)
  }
}

extension TemporaryFolder {
  /// Adds the folder `photos` with images that are large enough for HOG features.
  fileprivate func addPhotos() throws {
    try addImages([("photos/train/b", 8), ("photos/train/a", 8), ("photos/test/b", 3), ("photos/test/a", 3)], side: 40)
  }
}
