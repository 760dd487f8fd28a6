import Files
import TestSupport
import Testing

@Suite("percept tune")
struct TuneCommandTests {
  let folder: TemporaryFolder
  let percept = Program.percept

  init() throws {
    folder = try TemporaryFolder()
    try folder.addPictures([("pets/cat", 10), ("pets/dog", 10)])
  }

  func tune(_ flags: String...) throws -> Program.Result {
    try percept(["tune", "pets", "--image-size", "4"] + flags, in: folder)
  }

  @Test("prints a table, what it means and the command that trains the best, which runs")
  func text() throws {
    try folder.addPictures([("two words/a", 10), ("two words/b", 10)])
    let result = try percept(
      "tune", "two words", "--image-size", "4", "--learning-rates", "0.05,1e-9", "--seed", "2", "--folds", "4",
      in: folder)
    #expect(
      result.errors == "Judging 2 combinations on 16 pictures in 4 folds; 4 others are left alone.\n")
    #expect(result.status == 0)
    let lines = result.lines
    #expect(lines[0] == "learning rate  accuracy       cost")
    #expect(lines[1].hasPrefix("0.05           100.0 % ± 0.0  0.0") && lines[1].hasSuffix("  best"))
    #expect(lines[2].hasPrefix("1e-9           ") && lines[2].contains("0.6931 ± 0.0000"))
    #expect(lines[3].hasPrefix("± is the standard deviation over 4 folds. "))
    #expect(
      lines[4]
        == "percept train 'two words' --image-size 4 --learning-rate 0.05 --seed 2 -o 'two words.safetensors'")
    #expect(lines.count == 5)
    let trained = try percept(
      "train", "two words", "--image-size", "4", "--learning-rate", "0.05", "--seed", "2", "-o",
      "two words.safetensors", in: folder)
    #expect(trained.status == 0)
  }

  @Test("--json says everything, for all combinations of what is given")
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
    let command = try #require(object["command"] as? String)
    #expect(command.hasPrefix("percept train pets --image-size 4 ") && command.hasSuffix(" -o pets.safetensors"))
    #expect(command.contains("--test-fraction 0.0"))
  }

  @Test("a test part is never looked at: other pictures in it change nothing")
  func testPart() throws {
    try folder.addPictures([("x/train/a", 6), ("x/train/b", 6), ("x/test/a", 2), ("x/test/b", 2)])
    func output() throws -> String {
      try percept("tune", "x", "--folds", "3", "--learning-rates", "0.01,0.02", "--no-cache", in: folder).output
    }
    let before = try output()
    try folder.addPictures([("x/test/b", 4), ("x/test/a", 4)], seed: 9)
    #expect(try output() == before)
    let split = try percept("tune", "x", "--test-fraction", "0.1", in: folder)
    #expect(split.status == 64)
  }

  @Test("combinations that overflow are listed as diverged, last")
  func diverged() throws {
    let some = try tune("--learning-rates", "100,0.01", "--l2", "1", "--quiet")
    #expect(some.status == 0 && some.lines[2] == "1   100            diverged")
    let all = try tune("--learning-rates", "100", "--l2", "1", "--json")
    let object = try json(all.output)
    #expect(all.status == 0 && object["command"] == nil)
    #expect((object["candidates"] as? [[String: Any]])?.map { $0["diverged"] as? Bool } == [true])
    #expect(
      try tune("--learning-rates", "100", "--l2", "1").lines.last
        == "Every combination diverged; try smaller learning rates.")
  }

  @Test("rates above the largest stable one are marked and named once")
  func unstable() throws {
    let result = try tune("--learning-rates", "5,6,0.001", "--quiet")
    #expect(result.errors.hasPrefix("Warning: 2 combinations of 3, marked unstable, have a learning rate above"))
    #expect(result.lines.count { $0.hasSuffix("unstable") } == 2)
  }

  @Test("--group-by keeps pictures together, and says when it does not match")
  func groups() throws {
    let two = try tune("--group-by", #"/\d{3}[0-4]?(\d)\.png"#, "--folds", "2", "--learning-rates", "0.01")
    #expect(two.status == 0)
    let none = try tune("--group-by", "(bird)")
    #expect(none.status == 64 && none.errors.contains("matches no picture, not even pets/cat/0000.png"))
    let few = try tune("--group-by", "/(cat)|/dog", "--learning-rates", "0.01")
    #expect(few.status == 65 && few.errors.contains("class \"cat\" has pictures in 1 group, too few for 5 folds"))
    #expect(few.errors.contains("--group-by does not match 8 pictures, each of which stands for itself"))
  }

  @Test("--figure draws a chart and is kept unless --force replaces it")
  func figure() throws {
    for name in ["f.svg", "f.png"] {
      let result = try tune("--learning-rates", "0.01,0.1,auto", "--figure", name)
      #expect(result.status == 0 && result.lines.last == "figure: \(name)")
    }
    let svg = String(decoding: try Files.read(folder.path("f.svg")), as: UTF8.self)
    #expect(svg.contains("learning rate") && svg.contains(">auto<") && !svg.contains("nan"))
    #expect(try tune("--learning-rates", "0.01", "--figure", "f.svg").status == 73)
    #expect(try tune("--learning-rates", "0.01", "--figure", "f.svg", "--force").status == 0)
    #expect(try tune("--figure", "f.gif").status == 64)
  }

  @Test(
    "bad flags are usage errors that say why",
    arguments: [
      (["--learning-rates", "0.1,fast"], "'fast'"), (["--learning-rates", "0.1,,1"], "different values"),
      (["--learning-rates", "0.1,0.1"], "different values"), (["--iterations", "-1"], "not negative"),
      (["--l2", "-1"], "at least 0"), (["--hidden", "20-x"], "--hidden takes numbers"), (["--scale", "big"], "'big'"),
      (["--folds", "1"], "at least 2"), (["--group-by", "("], "not a regular expression"),
      (["--group-by", "cat"], "has 0 captures"), (["--group-by", "(c)(a)"], "has 2 captures"),
      (["--l2", (0..<100).map { "\($0)" }.joined(separator: ",")], "100 x 13 combinations are more than 1000"),
    ] as [([String], String)])
  func badFlags(flags: [String], words: String) throws {
    let result = try percept(["tune", "pets"] + flags, in: folder)
    #expect(result.status == 64 && result.errors.contains(words), "\(result.errors)")
    #expect(result.output.isEmpty)
  }

  @Test("more folds than pictures of a class are an error that names it")
  func tooManyFolds() throws {
    let result = try tune("--folds", "9")
    #expect(result.status == 65)
    #expect(
      result.errors
        == "Error: class \"cat\" has 8 pictures, too few for 9 folds; take fewer folds or add pictures\n")
  }
}
