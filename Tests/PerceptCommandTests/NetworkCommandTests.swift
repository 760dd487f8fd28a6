import PerceptIO
import PerceptTestSupport
import Testing

@Suite("percept train with networks")
struct NetworkCommandTests {
  let folder: TemporaryFolder
  let percept = Program.percept

  init() throws {
    folder = try TemporaryFolder()
    try folder.addImages([("pets/cat", 8), ("pets/dog", 7), ("pets/horse", 6)])
  }

  func train(_ flags: String...) throws -> [String: Any] {
    try json(percept(["train", "pets", "--image-size", "4", "--json", "--force"] + flags, in: folder).output)
  }

  @Test(
    "hidden layers learn 80 photos with the default options", .enabled(if: SharedData.isPresent),
    arguments: [2, 3, 16, 64])
  func smallData(units: Int) throws {
    for seed in ["0", "4"] {
      let result = try percept(
        "train", SharedData.path("celeb100"), "--hidden", "\(units)", "--seed", seed, "--json", "--quiet", "-o",
        "m.safetensors", "--force", in: folder)
      #expect(result.status == 0 && !result.errors.contains("dead"), "\(result.errors)")
      let accuracy = try #require((json(result.output)["train"] as? [String: Any])?["accuracy"] as? Double)
      #expect(accuracy >= 0.95)
    }
  }

  @Test("three classes are trained with softmax, and all other commands accept the model")
  func softmax() throws {
    let result = try train("--iterations", "50", "-o", "m.safetensors", "--report", "r.html")
    #expect(result["classes"] as? [String] == ["cat", "dog", "horse"])
    #expect(result["stableLearningRate"] as? Double ?? 0 > 0)
    let predictions = try percept("predict", "m.safetensors", "pets/cat/0001.png", "--json", in: folder)
    let answer = try json(predictions.output)
    let probabilities = try #require(answer["probabilities"] as? [String: Double])
    #expect(Set(probabilities.keys) == ["cat", "dog", "horse"])
    #expect(abs(probabilities.values.reduce(0, +) - 1) < 1e-12)
    #expect(probabilities[answer["class"] as? String ?? ""] == probabilities.values.max())
    #expect(try percept("evaluate", "m.safetensors", "pets", in: folder).status == 0)
    for figure in ["weights", "learning-curve"] {
      #expect(try percept("figure", figure, "m.safetensors", "-o", figure + ".svg", in: folder).status == 0)
    }
    #expect(
      try percept("figure", "learned", "m.safetensors", "pets/dog/0001.png", "-o", "l.svg", in: folder).status == 0)
    let graph = try percept("figure", "graph", "m.safetensors", "-o", "g.svg", in: folder)
    #expect(graph.status == 0)
    let page = String(decoding: try FileSystem.read(folder.path("r.html")), as: UTF8.self)
    #expect(page.contains("cat, dog or horse?") && page.contains("One neuron per class"))
  }

  @Test("networks with hidden layers use batches and Adam by default, and the same seed writes the same file")
  func hidden() throws {
    let result = try train(
      "--hidden", "6,5", "--activation", "tanh", "--epochs", "40", "--batch-size", "8", "--seed", "3", "-o",
      "a.safetensors")
    let settings = try #require(result["settings"] as? [String: Any])
    #expect(settings["hidden"] as? [Int] == [6, 5] && settings["activation"] as? String == "tanh")
    #expect(settings["optimizer"] as? String == "Adam" && settings["batchSize"] as? Int == 8)
    #expect(settings["learningRate"] as? Double == 0.001 && result["stableLearningRate"] == nil)
    let costs = try #require(result["costs"] as? [[String: Any]])
    #expect(costs.count == 40)
    #expect(try #require(costs[39]["cost"] as? Double) < #require(costs[0]["cost"] as? Double))
    func bytes(_ name: String) throws -> [UInt8] { try FileSystem.read(folder.path(name)) }
    _ = try train(
      "--hidden", "6,5", "--activation", "tanh", "--epochs", "40", "--batch-size", "8", "--seed", "3", "-o",
      "b.safetensors")
    #expect(try bytes("a.safetensors") == bytes("b.safetensors"))
    _ = try train(
      "--hidden", "6,5", "--activation", "tanh", "--epochs", "40", "--batch-size", "8", "--seed", "4", "-o",
      "c.safetensors")
    #expect(try bytes("a.safetensors") != bytes("c.safetensors"))
    #expect(try percept("report", "a.safetensors", "pets", "-o", "r.html", in: folder).status == 0)
    #expect(try percept("figure", "weights", "a.safetensors", "-o", "w.svg", in: folder).status == 0)
    let learned = try percept("figure", "learned", "a.safetensors", "pets/dog/0001.png", "-o", "l.svg", in: folder)
    #expect(learned.status == 65 && learned.errors.contains("hidden layers"))
    let graph = try percept("figure", "graph", "a.safetensors", "-o", "g.svg", in: folder)
    #expect(graph.status == 65 && graph.errors.contains("requires a model without hidden layers"))
  }

  @Test("--iterations 0 writes the initial weights, and --continue gives the same costs as one uninterrupted training")
  func continued() throws {
    let rule = ["--optimizer", "gradient-descent", "--learning-rate", "0.1"]
    func costs(_ flags: [String]) throws -> [Double] {
      let result = try json(
        percept(
          ["train", "pets", "--image-size", "4", "--json", "--force", "--cost-every", "1"] + rule + flags, in: folder
        ).output)
      return try #require(result["costs"] as? [[String: Any]]).map { $0["cost"] as? Double ?? .nan }
    }
    #expect(try costs(["--hidden", "5", "--iterations", "0", "-o", "start.safetensors"]).isEmpty)
    let whole = try costs(["--hidden", "5", "--iterations", "20", "-o", "whole.safetensors"])
    let first = try costs(["--continue", "start.safetensors", "--iterations", "10", "-o", "half.safetensors"])
    let second = try costs(["--continue", "half.safetensors", "--iterations", "10", "-o", "end.safetensors"])
    #expect(zip(whole, first + second).allSatisfy { abs($0 - $1) < 1e-9 })
  }

  @Test("--patience validates, stops early, and says which weights the model has")
  func patience() throws {
    let result = try percept(
      "train", "pets", "--image-size", "4", "--hidden", "4", "--optimizer", "gradient-descent", "--learning-rate", "2",
      "--iterations", "5000", "--patience", "3", in: folder)
    #expect(result.status == 0)
    #expect(result.errors.contains("Lowest validation cost: ") && result.errors.contains("the model has these weights"))
    #expect(result.lines.contains { $0.hasPrefix("val accuracy: ") })
  }

  @Test("--continue rejects a model that does not fit the data, with the reason")
  func mismatch() throws {
    _ = try train("--iterations", "1", "-o", "m.safetensors")
    let size = try percept(
      "train", "pets", "--image-size", "5", "--continue", "m.safetensors", "-o", "n.safetensors", in: folder)
    #expect(size.status == 65 && size.errors.contains("4 x 4"))
    let classes = try percept(
      "train", "pets", "--image-size", "4", "--classes", "dog,cat", "--continue", "m.safetensors", "-o",
      "n.safetensors", in: folder)
    #expect(classes.status == 65 && classes.errors.contains("horse"))
    #expect(FileSystem.kind(of: folder.path("n.safetensors")) == nil)
  }

  @Test("feature scaling, class weights, label smoothing, penalties and schedules are used and recorded")
  func settings() throws {
    let result = try train(
      "--hidden", "4", "--scale", "standardize", "--class-weights", "balanced", "--label-smoothing", "0.1", "--l1",
      "0.001",
      "--schedule", "cosine", "--warm-up", "0.1", "--optimizer", "adamw", "--l2", "0.01", "--epochs", "3", "-o",
      "m.safetensors")
    let settings = try #require(result["settings"] as? [String: Any])
    #expect(settings["scale"] as? String == "standardize" && settings["labelSmoothing"] as? Double == 0.1)
    #expect(settings["schedule"] as? String == "cosine, warm-up 0.1" && settings["l1"] as? Double == 0.001)
    #expect((settings["classWeights"] as? [Double])?.count == 3 && settings["optimizer"] as? String == "AdamW")
  }

  @Test(
    "invalid network and training flags are usage errors",
    arguments: [
      ["--hidden", "0"], ["--hidden", "5,"], ["--hidden", "many"], ["--activation", "softmax"], ["--init", "ones"],
      ["--patience", "0"], ["--batch-size", "0"], ["--epochs", "2", "--iterations", "3"], ["--class-weights", "1,0,1"],
      ["--class-weights", "1,2"], ["--label-smoothing", "1"], ["--warm-up", "-1"], ["--schedule", "often"],
      ["--continue", "x.safetensors", "--hidden", "4"], ["--hidden", "4", "--optimizer", "gradient-descent"],
      ["--optimizer", "momentum", "--batch-size", "4"], ["--form", "dual", "--l1", "1"],
    ])
  func badFlags(flags: [String]) throws {
    let result = try percept(["train", "pets", "--image-size", "4"] + flags, in: folder)
    #expect(result.status == 64)
    #expect(result.errors.contains("Error: "))
    #expect(FileSystem.kind(of: folder.path("pets.safetensors")) == nil)
  }
}
