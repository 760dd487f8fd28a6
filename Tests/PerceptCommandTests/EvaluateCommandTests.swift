import PerceptIO
import PerceptTestSupport
import Testing

@Suite("percept evaluate, cross-validate, and train --calibrate")
struct EvaluateCommandTests {
  let folder: TemporaryFolder
  let percept = Program.percept

  init() throws {
    folder = try TemporaryFolder()
    try folder.addImages([("faces/a", 12), ("faces/b", 8)])
    try folder.addImages([("held-out/a", 2), ("held-out/b", 3)], seed: 2)
    try train("m.safetensors", "--image-size", "6")
  }

  func train(_ model: String, _ options: String...) throws {
    #expect(try percept(["train", "faces", "-o", model, "--quiet"] + options, in: folder).status == 0)
  }

  @Test("a model is compared with one that has another preprocessing and another order of classes")
  func compare() throws {
    try train("untrained.safetensors", "--image-size", "9", "--color", "gray", "--iterations", "0", "--classes", "b,a")
    let result = try percept("evaluate", "m.safetensors", "held-out", "--compare", "untrained.safetensors", in: folder)
    // Without training, the answer is always the first class, b.
    #expect(
      result.lines[5...6] == [
        "compared with untrained.safetensors, accuracy 60.0 % (3 of 5): only m.safetensors is correct on 2 images, "
          + "only untrained.safetensors on 0; p = 0.5",
        "difference: No significant difference on 5 images: m.safetensors is correct more often, but a significant result "
          + "needs about 13 more images.",
      ])
    #expect(result.errors.isEmpty)
    let object = try json(
      percept("evaluate", "m.safetensors", "held-out", "--compare", "untrained.safetensors", "--json", in: folder)
        .output)
    let comparison = try #require(object["comparison"] as? [String: Any])
    #expect(comparison["onlyThis"] as? Int == 2 && comparison["onlyOther"] as? Int == 0)
    #expect(comparison["pValue"] as? Double == 0.5 && comparison["finding"] as? String == "undecided")
    #expect((comparison["score"] as? [String: Any])?["correct"] as? Int == 3)
  }

  @Test("only models with the same classes are compared")
  func classMismatch() throws {
    try train("c.safetensors", "--image-size", "6", "--classes", "a=c,b=d")
    let result = try percept("evaluate", "m.safetensors", "held-out", "--compare", "c.safetensors", in: folder)
    #expect(result.status == 65)
    #expect(
      result.errors
        == "Error: c.safetensors: has the classes c, d, but m.safetensors has a, b; only models with the same classes can be compared\n"
    )
    #expect(try percept("evaluate", "m.safetensors", "held-out", "--compare", "none", in: folder).status == 66)
  }

  @Test("predictions below the confidence threshold are unsure, in predict and in evaluate")
  func reject() throws {
    try train("weak.safetensors", "--image-size", "6", "--iterations", "3")
    let object = try json(percept("evaluate", "weak.safetensors", "held-out", "--json", in: folder).output)
    let all = try ["a/0000", "a/0001", "b/0000", "b/0001", "b/0002"].map { name in
      try #require(
        json(percept("predict", "weak.safetensors", "--json", "held-out/\(name).png", in: folder).output)["probability"]
          as? Double)
    }.sorted()
    #expect(object["unsure"] == nil)
    let limit = "\((all[1] + all[2]) / 2)"
    let result = try percept("evaluate", "weak.safetensors", "held-out", "--reject-below", limit, in: folder)
    let line = try #require(result.lines.first { $0.hasPrefix("unsure: ") })
    #expect(line.hasPrefix("unsure: 2 of 5 (probability below 0.") && line.contains("of 3; 95 % interval"))
    let others = try json(
      percept("evaluate", "weak.safetensors", "held-out", "--reject-below", limit, "--json", in: folder).output)
    let unsure = try #require(others["unsure"] as? [String: Any])
    #expect(unsure["count"] as? Int == 2 && (unsure["others"] as? [String: Any])?["count"] as? Int == 3)
    let none = try percept("evaluate", "weak.safetensors", "held-out", "--reject-below", "1", in: folder)
    #expect(none.lines.contains("unsure: 5 of 5 (probability below 1); no other answers"))
    let answers = try percept(
      "predict", "weak.safetensors", "--reject-below", limit, "held-out/a/0000.png", "held-out/a/0001.png",
      "held-out/b/0000.png", "held-out/b/0001.png", "held-out/b/0002.png", in: folder)
    #expect(answers.lines.count { $0.hasPrefix("unsure  0.") } == 2)
    #expect(answers.lines.count { $0.hasPrefix("a       0.") || $0.hasPrefix("b       0.") } == 3)
    let one = try json(
      percept("predict", "weak.safetensors", "--json", "--reject-below", "1", "held-out/a/0000.png", in: folder).output)
    #expect(one["class"] as? String == "unsure" && (one["probabilities"] as? [String: Double])?.count == 2)
    for command in ["evaluate", "predict"] {
      #expect(try percept(command, "m.safetensors", "held-out", "--reject-below", "80", in: folder).status == 64)
    }
  }

  @Test("train --calibrate lowers the log loss on the validation split and changes no answer")
  func calibrate() throws {
    // A few labels are wrong, so that the model is overconfident.
    try folder.addImages(
      [("mixed/train/a", 20), ("mixed/train/b", 20), ("mixed/val/a", 8), ("mixed/val/b", 8)], seed: 3)
    for name in ["0000", "0001"] {
      try folder.write(FileSystem.read(folder.path("mixed/val/b/\(name).png")), to: "mixed/val/a/wrong\(name).png")
    }
    let options = ["mixed", "--image-size", "6", "--iterations", "200", "--quiet"]
    let plain = try percept(["train"] + options + ["-o", "plain.safetensors", "--json"], in: folder)
    let calibrated = try percept(["train"] + options + ["-o", "c.safetensors", "--calibrate", "--json"], in: folder)
    let calibration = try #require(json(calibrated.output)["calibration"] as? [String: Any])
    let temperature = try #require(calibration["temperature"] as? Double)
    let losses = try ["logLossBefore", "logLossAfter"].map { try #require(calibration[$0] as? Double) }
    #expect(temperature > 1 && losses[1] < losses[0])
    #expect(try json(plain.output)["calibration"] == nil)
    #expect(
      try (json(plain.output)["val"] as? [String: Any])?["correct"] as? Int
        == (json(calibrated.output)["val"] as? [String: Any])?["correct"] as? Int)
    let images = try FileSystem.names(inFolder: folder.path("mixed/val/b")).map { "mixed/val/b/\($0)" }
    let answers = try ["plain", "c"].map { try percept(["predict", "\($0).safetensors"] + images, in: folder).lines }
    #expect(answers[0].map { $0.prefix(1) } == answers[1].map { $0.prefix(1) } && answers[0] != answers[1])
    let said = try percept(["train"] + options + ["-o", "d.safetensors", "--calibrate"], in: folder)
    #expect(said.lines[0].hasPrefix("calibration: Temperature "))
    #expect(said.lines[0].contains(" lowers the log loss on "))
  }

  @Test("train --calibrate draws a validation split, and does not change probabilities without mistakes on it")
  func calibrateWithoutMistakes() throws {
    let result = try percept("train", "faces", "--calibrate", "-o", "c.safetensors", "--quiet", in: folder)
    #expect(
      result.lines[0]
        == "calibration: Probabilities are not calibrated: all predictions for 3 validation images are correct, and calibration needs at least one error."
    )
    #expect(result.lines[2].hasPrefix("val accuracy: 100.0 % (3 of 3;"))
  }

  @Test("evaluate --cross-validate evaluates a training configuration on every image")
  func crossValidate() throws {
    let options = ["evaluate", "--cross-validate", "faces", "--image-size", "6", "--folds", "4"]
    let result = try percept(options, in: folder)
    #expect(
      result.lines[0].hasPrefix("accuracy: 100.0 % (20 of 20; 95 % interval 83.9 to 100.0 %); always answering \"a\""))
    #expect(result.lines[1] == "verdict: Significantly better than always answering \"a\" (p < 0.05).")
    #expect(
      result.lines[5]
        == "folds: 4 tests of 5 images, each with its own model: accuracy 100.0 to 100.0 %, mean 100.0 % ± 0.0 %"
    )
    #expect(result.lines.last?.hasPrefix("The training images of the folds overlap") == true)
    let repeated = try percept(options + ["--repeats", "3", "--iterations", "1", "--figure", "luck.svg"], in: folder)
    #expect(repeated.lines[0].contains(" on average over 3 repeats (about "))
    #expect(repeated.lines.contains { $0.hasPrefix("repeats: 3 tests of all 20 images: accuracy ") })
    #expect(repeated.lines.last == "figure: luck.svg" && FileSystem.kind(of: folder.path("luck.svg")) == .file)
    let object = try json(percept(options + ["--repeats", "3", "--json"], in: folder).output)
    #expect(object["count"] as? Int == 20 && (object["folds"] as? [[String: Any]])?.count == 12)
    #expect(
      (object["folds"] as? [[String: Any]])?.map { $0["repeat"] as? Int } == [1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3])
    #expect((object["foldAccuracy"] as? [String: Any])?["lowest"] as? Double == 1)
  }

  @Test("with --repeats, counts are numbers of images, and rates are means over the repeats")
  func crossValidateRepeats() throws {
    let options = ["cross-validate", "faces", "--image-size", "6", "--folds", "4", "--repeats", "3"]
    let text = try percept(options + ["--iterations", "1"], in: folder)
    for (name, count) in [("a", 12), ("b", 8)] {
      let line = try #require(text.lines.first { $0.hasPrefix("  \(name)  ") })
      #expect(line.hasPrefix("  \(name)  about ") && line.contains(" of \(count) found "), "\(line)")
    }
    let object = try json(percept(options + ["--iterations", "1", "--json"], in: folder).output)
    let classes = try #require(object["classes"] as? [[String: Any]])
    #expect(classes.map { $0["labelled"] as? Int } == [12, 8])
    let (correct, answered) = (classes.map { $0["correct"] as? Int ?? 0 }, classes.map { $0["answered"] as? Int ?? 0 })
    #expect(correct.reduce(0, +) == object["correct"] as? Int && answered.reduce(0, +) == 20)
    let confusion = try #require(object["confusion"] as? [[Int]])
    #expect(confusion.map { $0.reduce(0, +) } == [12, 8] && [confusion[0][0], confusion[1][1]] == correct)
    let (accuracy, repeats) = (object["accuracy"] as? Double ?? 0, object["repeats"] as? [Double] ?? [])
    #expect(repeats.count == 3 && abs(repeats.reduce(0, +) / 3 - accuracy) < 1e-12)
    // Without training, the answer is always the first class, a.
    let untrained = options + ["--iterations", "0", "--learning-rate", "0.1", "--quiet"]
    #expect(try percept(untrained + ["--min-accuracy", "0.6"], in: folder).status == 0)
    let gated = try percept(untrained + ["--min-accuracy", "0.61"], in: folder)
    #expect(gated.status == 1)
    #expect(
      gated.errors == "Error: the accuracy 60.0 % on average over 3 repeats is below --min-accuracy 0.61\n")
  }

  @Test("evaluate --cross-validate takes the options of train, keeps duplicates together, and rejects invalid options")
  func crossValidateOptions() throws {
    // All images of b are duplicates, so they are in one fold and the other has none to train on.
    for number in 1..<8 {
      try folder.write(FileSystem.read(folder.path("faces/b/0000.png")), to: "faces/b/000\(number).png")
    }
    let copies = try percept("evaluate", "--cross-validate", "faces", "--folds", "2", in: folder)
    #expect(copies.status == 65 && copies.errors.contains("class \"b\" has images in 1 group, too few for 2 folds"))
    let gated = try percept(
      "evaluate", "--cross-validate", "held-out", "--folds", "2", "--patience", "3", "--iterations", "0",
      "--learning-rate", "0.1", "--min-accuracy", "1", in: folder)
    #expect(gated.status == 1)
    for wrong in [["--folds", "1"], ["--repeats", "0"], ["--continue", "m.safetensors"]] {
      #expect(try percept(["evaluate", "--cross-validate", "held-out"] + wrong, in: folder).status == 64)
    }
    let judged = try percept("evaluate", "m.safetensors", "held-out", "--cross-validate", in: folder)
    #expect(judged.status == 64 && judged.errors.contains("pass only DATA, without m.safetensors"))
    #expect(try percept("evaluate", "--cross-validate", "--help", in: folder).output.contains("--folds"))
    #expect(try percept("evaluate", "--help", in: folder).output.contains("--cross-validate"))
  }
}
