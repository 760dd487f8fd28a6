import Foundation
import PerceptIO
import PerceptImages
import PerceptPlatform
import PerceptTestSupport
import Testing

@Suite("percept explain")
struct ExplainCommandTests {
  let folder: TemporaryFolder
  let percept = Program.percept
  let image = "faces/b/0001.png"

  init() throws {
    folder = try TemporaryFolder()
    try folder.addImages([("faces/a", 12), ("faces/b", 8)])
    try train("m.safetensors")
  }

  func train(_ model: String, _ flags: String...) throws {
    let result = try percept(
      ["train", "faces", "--image-size", "8", "--iterations", "40", "-o", model] + flags, in: folder)
    #expect(result.status == 0, "\(result.errors)")
  }

  func explained(_ arguments: String...) throws -> [String: Any] {
    try json(percept(["explain"] + arguments + ["--json"], in: folder).output)
  }

  @Test("text output has the prediction as percept predict prints it, the sum, the regions and the counterfactual")
  func text() throws {
    let result = try percept("explain", "m.safetensors", image, in: folder)
    let predicted = try percept("predict", "m.safetensors", image, in: folder)
    #expect(result.status == 0 && result.errors.isEmpty)
    #expect(result.lines[0] == predicted.lines[0])
    #expect(
      result.lines[1] == "  The model was trained on this image, so its probability says little about new images.")
    #expect(result.lines[2].hasPrefix("  z for b: +") && result.lines[2].contains(" = bias b "))
    #expect(result.lines.contains { $0.hasPrefix("  most evidence for b: ") && $0.contains("right +") })
    #expect(result.lines.last?.hasPrefix("  Changing each pixel by at most ") == true)
    #expect(result.lines.last?.hasSuffix("changes the answer to a.") == true)
  }

  @Test("in JSON, attributions add up to the logit of the probability; --class selects the class")
  func numbers() throws {
    let object = try explained("m.safetensors", image)
    let sums = try #require(object["contributions"] as? [String: Any])
    let (pixels, logit) = (try #require(sums["pixels"] as? [Double]), try #require(sums["logit"] as? Double))
    let constant = try #require(sums["constant"] as? Double)
    #expect(pixels.count == 64 && abs(pixels.reduce(constant, +) - logit) < 1e-9)
    let probability = try #require((object["probabilities"] as? [String: Double])?["b"])
    #expect(abs(1 / (1 + exp(-logit)) - probability) < 1e-12)
    let regions = try #require(sums["regions"] as? [String: Double])
    #expect(regions.count == 9 && abs(regions.values.reduce(constant, +) - logit) < 1e-9)
    #expect((object["nudge"] as? [String: Any])?["class"] as? String == "a" && object["recipe"] == nil)
    let other = try #require(
      try explained("m.safetensors", image, "--class", "a")["contributions"] as? [String: Any])
    #expect(abs((other["logit"] as? Double ?? 0) + logit) < 1e-12 && other["class"] as? String == "a")
    #expect(try percept("explain", "m.safetensors", image, "--class", "c", in: folder).status == 65)
  }

  @Test("with the training data the training influence adds up to the logit; with other data a warning says why not")
  func influence() throws {
    let object = try explained("m.safetensors", image, "--data", "faces")
    let influence = try #require(object["recipe"] as? [String: Any])
    let representerValues = try #require(influence["pulls"] as? [[String: Any]]).compactMap { $0["pull"] as? Double }
    let (constant, logit) = (
      try #require(influence["constant"] as? Double), try #require(influence["logit"] as? Double)
    )
    #expect(representerValues.count == 16 && influence["common"] as? Double == 0)
    let size = representerValues.reduce(abs(constant)) { $0 + abs($1) }
    #expect(abs(representerValues.reduce(constant, +) - logit) < 1e-9 * size)
    let text = try percept("explain", "m.safetensors", image, "--data", "faces", in: folder)
    #expect(text.lines.contains { $0.hasPrefix("  Training influence: z for b is the sum of ") })
    #expect(text.lines.count { $0.hasPrefix("    +") } == 3 && text.output.contains("faces/a/"))
    for number in 0..<4 { try FileManager.default.removeItem(atPath: folder.path("faces/a/000\(number).png")) }
    let other = try percept("explain", "m.safetensors", image, "--data", "faces", in: folder)
    #expect(other.status == 0 && other.errors.contains("no training influence: a refit on "))
    #expect(other.errors.contains("of the 16 training images are in DATA"))
    #expect(!other.output.contains("Training influence"))
  }

  @Test("with hidden layers, the baseline is the mean image if known, and the remainder is printed")
  func hidden() throws {
    try train("h.safetensors", "--hidden", "6", "--activation", "tanh")
    for (flags, baseline) in [([], "black"), (["--data", "faces"], "the mean training image")] {
      let result = try percept(["explain", "h.safetensors", image] + flags, in: folder)
      #expect(result.status == 0 && result.errors.isEmpty)
      #expect(result.lines[2].contains(" = z of \(baseline) ") && result.lines[2].contains(", not accounted for "))
    }
    let gradient = try #require(
      try explained("h.safetensors", image, "--method", "gradient")["contributions"] as? [String: Any])
    #expect(gradient["method"] as? String == "gradient" && abs(gradient["remainder"] as? Double ?? 0) > 1e-6)
  }

  @Test("an image that cannot be read is reported, and the others are explained")
  func unreadable() throws {
    try folder.write([0, 1, 2, 3], to: "broken.jpg")
    let result = try percept(
      "explain", "m.safetensors", "none.jpg", image, "broken.jpg", "--figure", "why.svg", in: folder)
    #expect(result.status == 66)
    #expect(result.errors.contains("none.jpg") && result.errors.contains("broken.jpg"))
    #expect(result.lines[0].hasSuffix(image) && result.lines.last == "why.svg")
    let objects = try percept("explain", "m.safetensors", "broken.jpg", image, "--json", in: folder)
    #expect(objects.status == 65 && objects.lines.count == 2)
    #expect(try json(objects.lines[0])["error"] is String)
    let piped = try percept(
      "explain", "m.safetensors", "-", in: folder, input: FileSystem.read(folder.path(image)))
    #expect(piped.lines[0].hasSuffix("  -"))
  }

  @Test("an input is never replaced, not even with --force")
  func inputsAsOutputs() throws {
    let outputs = [
      ["explain", "m.safetensors", image, "--figure", image],
      ["explain", "m.safetensors", image, "--html", "m.safetensors"],
      ["explore", "faces", "--gallery", image], ["train", "faces", "-o", image],
      ["evaluate", "--cross-validate", "faces", "--folds", "2", "--figure", image],
      ["tune", "faces", "--figure", image], ["report", "m.safetensors", "faces", "-o", "m.safetensors"],
      ["figure", "learning-curve", "m.safetensors", "-o", "m.safetensors"],
      ["figure", "weights", "m.safetensors", "-o", "m.safetensors"],
      ["figure", "misclassified", "m.safetensors", "faces", "-o", image],
      ["figure", "evaluation", "m.safetensors", "faces", "-o", image],
      ["figure", "learned", "m.safetensors", image, "-o", image], ["figure", "montage", "faces", "-o", image],
      ["figure", "interpolations", image, "-o", image], ["figure", "statistics", "faces", "-o", image],
      ["figure", "augmented", "faces", "--augment", "mirror", "-o", image],
      ["figure", "graph", "m.safetensors", image, "-o", image],
      ["figure", "statistics", "linked", "-o", image],
    ]
    #expect(symlink("faces", folder.path("linked")) == 0)
    let before = try ["m.safetensors", image].map { try FileSystem.read(folder.path($0)) }
    for arguments in outputs {
      let result = try percept(arguments + ["--force"], in: folder)
      #expect(result.status == 64 && result.errors.contains("choose another name"), "\(arguments)")
    }
    #expect(try ["m.safetensors", image].map { try FileSystem.read(folder.path($0)) } == before)
  }

  @Test("figures and pages show every image, and are replaced only with --force")
  func outputs() throws {
    try train("h.safetensors", "--hidden", "6")
    for model in ["m.safetensors", "h.safetensors"] {
      let arguments = [
        "explain", model, image, "faces/a/0000.png", "--data", "faces", "--figure", "why.png", "--html", "why.html",
      ]
      let result = try percept(arguments + ["--force"], in: folder)
      #expect(result.status == 0 && result.lines.suffix(2) == ["why.png", "why.html"])
      #expect(try percept(arguments, in: folder).status == 73)
      let image = try Image(contentsOf: folder.path("why.png"))
      #expect(image.width >= 1800 && image.height > 1000)
      let html = String(decoding: try FileSystem.read(folder.path("why.html")), as: UTF8.self)
      #expect(html.contains("<h2>0001.png</h2>") && html.contains("<h2>0000.png</h2>"))
      #expect(html.contains("Hidden units and the images") == (model == "h.safetensors"))
      #expect(html.contains("The training images with the most influence for b.") == (model == "m.safetensors"))
      #expect(!html.contains("<script"))
    }
  }

  @Test(
    "invalid combinations of flags are usage errors",
    arguments: [
      (["--figure", "a.jpg"], "ends in .svg or .png"), (["--seed", "3"], "--seed requires --data"),
      (["--classes", "a,b"], "--classes requires --data"),
      (["--figure", "a.svg", "--html", "a.svg"], "the same file"), (["--method", "guess"], "guess"),
    ])
  func refused(flags: [String], words: String) throws {
    let result = try percept(["explain", "m.safetensors", image] + flags, in: folder)
    #expect(result.status == 64 && result.errors.contains(words), "\(result.errors)")
  }
}
