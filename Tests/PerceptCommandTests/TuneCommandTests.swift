import PerceptIO
import PerceptTestSupport
import Testing

@Suite("percept tune")
struct TuneCommandTests {
  let folder: TemporaryFolder
  let percept = Program.percept

  init() throws {
    folder = try TemporaryFolder()
    try folder.addImages([("pets/cat", 10), ("pets/dog", 10)])
  }

  func tune(_ flags: String...) throws -> Program.Result {
    try percept(["tune", "pets", "--image-size", "4"] + flags, in: folder)
  }

  @Test("prints a table, a summary and the command for the best combination, and the command runs")
  func text() throws {
    try folder.addImages([("two words/a", 10), ("two words/b", 10)])
    let result = try percept(
      "tune", "two words", "--image-size", "4", "--learning-rates", "0.05,1e-9", "--seed", "2", "--folds", "4",
      in: folder)
    #expect(
      result.errors == "Cross-validating 2 combinations on 16 images in 4 folds; not used: 4 images of other splits.\n")
    #expect(result.status == 0)
    let lines = result.lines
    #expect(lines[0] == "learning rate  accuracy       cost")
    #expect(lines[1].hasPrefix("0.05           100.0 % ± 0.0  0.0") && lines[1].hasSuffix("  best"))
    #expect(lines[2].hasPrefix("1e-9           ") && lines[2].contains("0.6931 ± 0.0000"))
    #expect(
      lines[3]
        == "Accuracy and cost are means ± standard deviations over 4 folds; always answering \"a\" would score 50.0 % (8 of 16)."
    )
    #expect(
      lines[4]
        == "The other combination is as good as the best within one standard error (of the differences per fold)."
    )
    #expect(
      lines[5] == "To train the best combination on all 16 training images, as listed in two words-split.csv:")
    #expect(
      lines[6]
        == "percept train 'two words-split.csv' --image-size 4 --learning-rate 0.05 --seed 2 -o 'two words.safetensors'"
    )
    #expect(lines.count == 7)
    // The command trains on the same images, also after the folder has changed.
    try folder.addImages([("two words/a", 12), ("two words/b", 10)])
    let trained = try percept(
      "train", "two words-split.csv", "--image-size", "4", "--learning-rate", "0.05", "--seed", "2", "-o",
      "two words.safetensors", "--json", "--quiet", in: folder)
    let images = try json(trained.output)["images"] as? [String: Any]
    #expect(trained.status == 0 && images?["train"] as? Int == 16 && images?["test"] as? Int == 4)
    // Another split does not replace the file.
    let again = try percept(
      "tune", "two words", "--image-size", "4", "--learning-rates", "1", "--seed", "3", in: folder)
    #expect(again.status == 0 && again.lines.last?.hasPrefix("percept train 'two words-split-2.csv' ") == true)
    let named = try percept(
      "tune", "two words", "--image-size", "4", "--learning-rates", "1", "--write-split", "two words-split.csv",
      in: folder)
    #expect(named.status == 73 && named.errors.contains("two words-split.csv"))
  }

  @Test("the summary says if no other combination is as good, or if there is no other combination")
  func alone() throws {
    let best = try tune("--learning-rates", "0.05", "--iterations", "500,1000,0").lines
    #expect(best[1...2].allSatisfy { $0.contains("100.0 % ± 0.0") } && best[3].hasPrefix("0           0.05"))
    #expect(best[5].hasPrefix("1 of the other 2 combinations is as good as the best within one standard error"))
    let two = try tune("--learning-rates", "0.05", "--iterations", "500,0").lines
    #expect(two[4] == "The other combination is not as good as the best within one standard error.")
    #expect(two[5].hasPrefix("To train the best combination on all 16 training images") && two.count == 7)
    #expect(try tune("--learning-rates", "0.05").lines[3] == "Only one combination was compared.")
  }

  @Test("--json prints the complete result for all combinations")
  func jsonOutput() throws {
    let result = try tune(
      "--learning-rates", "auto,0.01", "--l2", "0,0.1", "--hidden", "none,3-2", "--scale", "unit,standardize",
      "--iterations", "20", "--folds", "2", "--test-fraction", "0", "--json", "--quiet")
    #expect(result.lines.count == 1 && result.errors.isEmpty)
    let object = try json(result.output)
    #expect(object["images"] as? Int == 20 && object["folds"] as? Int == 2 && object["seed"] as? Int == 0)
    let candidates = try #require(object["candidates"] as? [[String: Any]])
    let settings = candidates.compactMap { $0["settings"] as? [String: String] }
    #expect(settings.count == 16 && Set(settings).count == 16)
    #expect(settings.count { $0["hidden"] == "3,2" } == 8 && settings.allSatisfy { $0["iterations"] == "20" })
    let means = candidates.compactMap { ($0["accuracy"] as? [String: Any])?["mean"] as? Double }
    #expect(means.count == 16 && means == means.sorted(by: >))
    #expect(candidates[0]["asGoodAsBest"] as? Bool == true && candidates[0]["diverged"] as? Bool == false)
    let folds = try #require((candidates[0]["cost"] as? [String: Any])?["folds"] as? [Double])
    #expect(folds.count == 2)
    let choices = ["best", "recommended"].compactMap { object[$0] as? [String: Any] }
    #expect(choices.first?["settings"] as? [String: String] == settings[0] && choices.first?["reason"] == nil)
    let commands = choices.compactMap { $0["command"] as? String }
    #expect(commands.count == 2)
    for command in commands {
      #expect(command.hasPrefix("percept train pets --image-size 4 ") && command.hasSuffix(" -o pets.safetensors"))
      #expect(command.contains("--test-fraction 0.0"))
    }
  }

  @Test(
    "the simplest combination that is as good as the best is recommended, with the reason",
    arguments: [
      (
        ["--learning-rates", "0.05", "--iterations", "1000,500"], "--iterations 500",
        "6000 images processed during training instead of 12000"
      ),
      (["--learning-rates", "0.05", "--l2", "0,0.001"], "--l2 0.001", "an L2 penalty of 0.001 instead of 0"),
      (
        ["--learning-rates", "0.02", "--hidden", "8,none", "--epochs", "30"], "4 --epochs 30 ",
        "49 parameters instead of "
      ),
      (["--learning-rates", "1,0.05", "--epochs", "300"], "--learning-rate 0.05", "of these that is stable"),
    ])
  func recommendation(flags: [String], chosen: String, reason: String) throws {
    let lines = try percept(["tune", "pets", "--image-size", "4"] + flags, in: folder).lines
    try #require(lines.count == 8, "\(lines)")
    #expect(lines[1].contains("100.0 % ± 0.0") && lines[1].contains("  best") && lines[2].hasSuffix("  recommended"))
    #expect(lines[4].hasPrefix("The other combination is as good as the best within one"))
    #expect(
      lines[5].hasPrefix("The recommended combination is the simplest of these") && lines[5].contains(reason),
      "\(lines[5])")
    #expect(
      lines[6].hasPrefix("To train the recommended combination on all 16 training images, as listed in ")
        && lines[7].contains(chosen))
    let object = try json(percept(["tune", "pets", "--image-size", "4", "--json"] + flags, in: folder).output)
    let recommended = try #require(object["recommended"] as? [String: Any])
    #expect(recommended["command"] as? String == lines[7] && recommended["reason"] as? String == lines[5])
    #expect((object["best"] as? [String: Any])?["command"] as? String != lines[7])
  }

  @Test("optimizers, batch sizes, activations and epochs are combined, without flags that have no effect")
  func dimensions() throws {
    let result = try tune(
      "--hidden", "none,3", "--activation", "tanh,relu", "--optimizer", "gradient-descent,adam,lbfgs", "--batch-size",
      "full,8", "--epochs", "2,4", "--learning-rates", "auto,0.01", "--folds", "2", "--json")
    let candidates = try #require(try json(result.output)["candidates"] as? [[String: Any]])
    let settings = candidates.compactMap { $0["settings"] as? [String: String] }
    func count(_ optimizer: String, hidden: String?, rate: String?) -> Int {
      settings.count { $0["optimizer"] == optimizer && $0["hidden"] == hidden && $0["learning-rate"] == rate }
    }
    // Two batch sizes by two numbers of epochs, and two activations with hidden layers.
    #expect(count("adam", hidden: nil, rate: "auto") == 4 && count("adam", hidden: "3", rate: "0.01") == 8)
    #expect(count("gradient-descent", hidden: nil, rate: "0.01") == 4)
    // Automatic only in full batches without hidden layers.
    #expect(count("gradient-descent", hidden: nil, rate: "auto") == 2)
    #expect(count("gradient-descent", hidden: "3", rate: "auto") == 0)
    #expect(result.errors.contains("Left out: learning rate auto in 10 combinations; gradient descent in batches"))
    #expect(count("lbfgs", hidden: nil, rate: nil) == 2 && count("lbfgs", hidden: "3", rate: nil) == 4)
    #expect(settings.count == 8 + 16 + 4 + 8 + 2 + 6 && Set(settings).count == settings.count)
    #expect(settings.allSatisfy { ($0["activation"] == nil) == ($0["hidden"] == nil) })
    let table = try tune("--optimizer", "lbfgs,adam", "--learning-rates", "0.01", "--epochs", "3", "--quiet")
    #expect(table.lines[0].hasPrefix("optimizer  epochs  learning rate  accuracy"))
    #expect(table.lines.contains { $0.hasPrefix("lbfgs      3       -              ") })
  }

  @Test("the test split is not used: other images in it do not change the output")
  func testPart() throws {
    try folder.addImages([("x/train/a", 6), ("x/train/b", 6), ("x/test/a", 2), ("x/test/b", 2)])
    func output() throws -> String {
      try percept("tune", "x", "--folds", "3", "--learning-rates", "0.01,0.02", "--no-cache", in: folder).output
    }
    let before = try output()
    try folder.addImages([("x/test/b", 4), ("x/test/a", 4)], seed: 9)
    #expect(try output() == before)
    let split = try percept("tune", "x", "--test-fraction", "0.1", in: folder)
    #expect(split.status == 64)
  }

  @Test("combinations that diverge are listed last")
  func diverged() throws {
    let some = try tune("--learning-rates", "100,0.01", "--l2", "1", "--quiet")
    #expect(some.status == 0 && some.lines[2] == "1   100            diverged")
    let all = try tune("--learning-rates", "100", "--l2", "1", "--json")
    let object = try json(all.output)
    #expect(all.status == 0 && object["best"] == nil && object["recommended"] == nil)
    #expect((object["candidates"] as? [[String: Any]])?.map { $0["diverged"] as? Bool } == [true])
    #expect(
      try tune("--learning-rates", "100", "--l2", "1").lines.last
        == "Every combination diverged; try smaller learning rates.")
  }

  @Test("learning rates above the largest stable rate are marked, with one warning for all")
  func unstable() throws {
    let result = try tune("--learning-rates", "5,6,0.001", "--quiet")
    #expect(result.errors.hasPrefix("Warning: 2 of 3 combinations, marked unstable, have a learning rate above"))
    #expect(result.lines.count { $0.hasSuffix("unstable") } == 2)
  }

  @Test("--group-by keeps the images of a group in one fold, and reports images that it does not match")
  func groups() throws {
    let two = try tune("--group-by", #"/\d{3}[0-4]?(\d)\.png"#, "--folds", "2", "--learning-rates", "0.01")
    #expect(two.status == 0)
    let none = try tune("--group-by", "(bird)")
    #expect(none.status == 64 && none.errors.contains("does not match any image, such as pets/cat/0000.png"))
    let few = try tune("--group-by", "/(cat)|/dog", "--learning-rates", "0.01")
    #expect(few.status == 65 && few.errors.contains("class \"cat\" has images in 1 group, too few for 5 folds"))
    #expect(few.errors.contains("--group-by does not match 10 images, such as pets/"))
  }

  @Test("--figure writes a chart and replaces an existing one only with --force")
  func figure() throws {
    for name in ["f.svg", "f.png"] {
      let result = try tune("--learning-rates", "0.01,0.1,auto", "--figure", name)
      #expect(result.status == 0 && result.lines.last == "figure: \(name)")
    }
    let svg = String(decoding: try FileSystem.read(folder.path("f.svg")), as: UTF8.self)
    #expect(svg.contains("learning rate") && svg.contains(">auto<") && !svg.contains("nan"))
    #expect(try tune("--learning-rates", "0.01", "--figure", "f.svg").status == 73)
    #expect(try tune("--learning-rates", "0.01", "--figure", "f.svg", "--force").status == 0)
    #expect(try tune("--figure", "f.gif").status == 64)
  }

  @Test(
    "--figure plots against the setting with the most numeric values, with one curve for each combination of the others",
    arguments: [
      (["--learning-rates", "0.01,0.1"], "learning rate", []),
      (["--learning-rates", "auto,0.01", "--l2", "0,0.1,1"], "l2", ["learning rate 0.01", "learning rate auto"]),
      (
        ["--learning-rates", "0.01,0.1", "--iterations", "1,5,9"], "iterations",
        ["learning rate 0.01", "learning rate 0.1"]
      ),
      (
        ["--optimizer", "adam,lbfgs", "--epochs", "5", "--learning-rates", "0.01,auto"], "learning rate",
        ["adam", "adam, auto", "lbfgs"]
      ),
      (
        ["--hidden", "none,3", "--batch-size", "full,2,4", "--learning-rates", "0.01"], "batch size",
        ["hidden 3", "hidden none"]
      ),
    ])
  func axis(flags: [String], axis: String, curves: [String]) throws {
    let result = try percept(
      ["tune", "pets", "--image-size", "4", "--quiet", "--figure", "f.svg"] + flags, in: folder)
    #expect(result.status == 0, "\(result.errors)")
    let svg = String(decoding: try FileSystem.read(folder.path("f.svg")), as: UTF8.self)
    #expect(svg.contains("Accuracy and cost against the \(axis)<") && svg.contains(">\(axis)</text>"))
    for curve in curves { #expect(svg.contains(">\(curve)</text>"), "\(curve)") }
    #expect(svg.matches(of: /<polyline/).count >= 2 * max(curves.count, 1))
  }

  @Test(
    "invalid flags are usage errors that state the reason",
    arguments: [
      (["--learning-rates", "0.1,fast"], "'fast'"), (["--learning-rates", "0.1,,1"], "different values"),
      (["--learning-rates", "0.1,0.1"], "different values"), (["--iterations", "-1"], "must be ≥ 0 (got -1)"),
      (["--l2", "-1"], "must be ≥ 0 (got -1.0)"), (["--hidden", "20-x"], "--hidden must be numbers"),
      (["--scale", "big"], "'big'"),
      (["--batch-size", "0"], "'0'"), (["--optimizer", "sgd"], "'sgd'"),
      (["--activation", "tanh"], "add --hidden"),
      (["--hidden", "3", "--activation", "softmax"], "(got softmax)"),
      (["--epochs", "-1"], "must be ≥ 0 (got -1)"),
      (["--epochs", "1", "--iterations", "2"], "not both"),
      (["--batch-size", "8", "--learning-rates", "auto"], "has an automatic learning rate; give numbers"),
      (["--folds", "1"], "must be ≥ 2 (got 1)"), (["--group-by", "("], "not a regular expression"),
      (["--group-by", "cat"], "has 0 capture groups"), (["--group-by", "(c)(a)"], "has 2 capture groups"),
      (["--l2", (0..<100).map { "\($0)" }.joined(separator: ",")], "100 x 13 combinations exceed the limit of 1000"),
    ] as [([String], String)])
  func badFlags(flags: [String], words: String) throws {
    let result = try percept(["tune", "pets"] + flags, in: folder)
    #expect(result.status == 64 && result.errors.contains(words), "\(result.errors)")
    #expect(result.output.isEmpty)
  }

  @Test("more folds than images of a class are an error that names the class")
  func tooManyFolds() throws {
    let result = try tune("--folds", "9")
    #expect(result.status == 65)
    #expect(
      result.errors
        == "Error: class \"cat\" has 8 images, too few for 9 folds; use fewer folds or add images (--folds)\n")
  }
}
