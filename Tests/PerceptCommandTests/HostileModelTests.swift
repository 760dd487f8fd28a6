import PerceptIO
import PerceptModels
import PerceptPlatform
import PerceptTestSupport
import Testing

@Suite("Hostile model files")
struct HostileModelTests {
  let folder: TemporaryFolder
  let percept = Program.percept

  init() throws {
    folder = try TemporaryFolder()
    try folder.addImages([("faces/a", 6), ("faces/b", 6)])
    let words = ["train", "faces", "--image-size", "6", "--iterations", "20", "-o", "m.safetensors", "--quiet"]
    #expect(try percept(words, in: folder).status == 0)
  }

  /// Writes a copy of the model with a change.
  func write(_ name: String, _ change: (inout Classifier) -> Void) throws {
    var classifier = try Classifier(contentsOf: folder.path("m.safetensors"))
    change(&classifier)
    try classifier.write(to: folder.path(name))
  }

  /// Returns a copy of a classifier with another bias.
  func biased(_ classifier: Classifier, _ bias: Double) -> Classifier {
    var layers = classifier.network.layers
    layers[0].bias = [bias]
    return Classifier(
      network: Network(layers: layers), classNames: classifier.classNames, preprocessing: classifier.preprocessing,
      record: classifier.record, seen: classifier.seen)
  }

  /// Every command that reads a model.
  static let commands = [
    ["predict", "x", "faces/a/0000.png"], ["predict", "x", "-"], ["evaluate", "x", "faces"],
    ["evaluate", "m.safetensors", "faces", "--compare", "x"], ["explain", "x", "faces/a/0000.png", "--data", "faces"],
    ["report", "x", "faces"], ["train", "faces", "--continue", "x", "-o", "y"], ["serve", "x", "--port", "0"],
    ["figure", "weights", "x"], ["figure", "learning-curve", "x"], ["figure", "evaluation", "x", "faces"],
    ["figure", "montage", "faces", "--model", "x"],
  ]

  @Test("every command refuses a model with numbers that no model has")
  func numbers() throws {
    try write("bias.safetensors") { $0 = biased($0, -1.5e308) }
    try write("iterations.safetensors") { $0.record.configuration.iterations = .max }
    for (model, problem) in [
      ("bias.safetensors", "some weights are not finite, or so large that logits could exceed 1e+100"),
      (
        "iterations.safetensors",
        "in its training record, iterations must be ≤ 1000000000000 (got 9223372036854775807)"
      ),
    ] {
      for command in Self.commands {
        let result = try percept(command.map { $0 == "x" ? model : $0 }, in: folder)
        #expect(result.status == 65, "\(command)")
        #expect(
          result.errors.contains("Error: \(model): not a valid Percept model: \(problem)\n"),
          "\(command): \(result.errors)")
      }
    }
  }

  @Test("every command refuses a model that is a pipe or a device")
  func notRegular() throws {
    #expect(mkfifo(folder.path("pipe"), 0o600) == 0)
    for model in ["pipe", "/dev/zero"] {
      for command in Self.commands {
        let result = try percept(command.map { $0 == "x" ? model : $0 }, in: folder)
        #expect(result.status == 66, "\(command)")
        #expect(
          result.errors.contains("Error: \(model): is not a regular file but a pipe or a device; "),
          "\(command): \(result.errors)")
      }
    }
  }

  @Test("images and labels that are pipes or devices are refused")
  func otherFiles() throws {
    #expect(mkfifo(folder.path("pipe.onnx"), 0o600) == 0)
    for file in ["pipe.onnx", "/dev/zero"] {
      for command in [
        ["predict", "m.safetensors", file], ["explain", "m.safetensors", file], ["train", file, "-o", "y"],
        ["train", "faces", "--labels", file, "-o", "y"], ["figure", "interpolations", file],
        ["train", "faces", "--features", "pipe.onnx", "-o", "y"],
      ] {
        let result = try percept(command, in: folder)
        #expect(result.status == 66 && result.errors.contains("is not a regular file"), "\(command): \(result.errors)")
      }
    }
  }

  @Test("a model at the limit is evaluated: its log loss is a finite number in the text and in JSON")
  func largest() throws {
    try write("large.safetensors") { $0 = biased($0, 1e99) }
    let result = try percept("evaluate", "large.safetensors", "faces", "--json", in: folder)
    #expect(result.status == 0 && result.output.contains(#""logLoss":5e"#), "\(result.output)")
    let text = try percept("evaluate", "large.safetensors", "faces", in: folder)
    #expect(text.output.contains("log loss 5e+98, "), "\(text.output)")
    let explained = try percept("explain", "large.safetensors", "faces/a/0000.png", "--data", "faces", in: folder)
    #expect(explained.status == 0, "\(explained.errors)")
  }
}
