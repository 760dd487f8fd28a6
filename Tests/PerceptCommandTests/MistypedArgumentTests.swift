import PerceptIO
import PerceptTestSupport
import Testing

@Suite("Mistyped and misplaced arguments")
struct MistypedArgumentTests {
  let folder: TemporaryFolder
  let percept = Program.percept

  init() throws {
    folder = try TemporaryFolder()
    try folder.addImages([("faces/cat", 6), ("faces/dog", 6)])
  }

  @Test(
    "an unknown command, flag, value or class is refused with the nearest valid one",
    arguments: [
      (["trian", "faces"], 64, "Unknown command \"trian\"; did you mean train?"),
      (["xyz"], 64, "Unknown command \"xyz\"; the commands are explore, studio, train, "),
      (["figure", "wieghts", "m"], 64, "Unknown command \"wieghts\"; did you mean weights?"),
      (["train", "faces", "--learning-rat", "1"], 64, "Did you mean '--learning-rate'?"),
      (["train", "faces", "--optimizer", "adm"], 64, "Did you mean adam?"),
      (["tune", "faces", "--optimizer", "adam,lbgfs"], 64, "Did you mean lbfgs?"),
      (["train", "faces", "--classes", "cat,dgo"], 65, "unknown class \"dgo\"; did you mean \"dog\"?"),
    ])
  func suggestions(arguments: [String], status: Int, message: String) throws {
    let result = try percept(arguments, in: folder)
    #expect(result.status == Int32(status))
    #expect(result.errors.contains(message), "\(result.errors)")
  }

  @Test("a model given after the data, or as the data, is recognized")
  func order() throws {
    #expect(try percept("train", "faces", "--image-size", "6", "-o", "m.safetensors", in: folder).status == 0)
    for arguments in [
      ["evaluate", "faces", "m.safetensors"], ["report", "faces", "m.safetensors"],
      ["predict", "faces/cat/0000.png", "m.safetensors"],
    ] {
      let result = try percept(arguments, in: folder)
      #expect(result.status == 64, "\(arguments)")
      #expect(
        result.errors.contains("\(arguments[1]) is not a model, but m.safetensors is: give the model first"),
        "\(result.errors)")
    }
    let trained = try percept("train", "m.safetensors", in: folder)
    #expect(trained.status == 65)
    #expect(trained.errors.contains("this is a model; use it as percept evaluate MODEL DATA"), "\(trained.errors)")
  }

  @Test("percept cross-validate is a command, and evaluate --cross-validate its former spelling")
  func crossValidate() throws {
    let flags = ["--image-size", "6", "--iterations", "20", "--folds", "3"]
    let new = try percept(["cross-validate", "faces"] + flags, in: folder)
    let former = try percept(["evaluate", "--cross-validate", "faces"] + flags, in: folder)
    #expect(new.status == 0 && new.output.hasPrefix("accuracy: "))
    #expect(former.output == new.output)
    #expect(try percept("--help", in: folder).output.contains("  cross-validate "))
  }

  @Test("the help of train fits on two pages, under titles")
  func help() throws {
    let lines = try percept("train", "--help", in: folder).output.split(
      separator: "\n", omittingEmptySubsequences: false)
    #expect(lines.count <= 100, "\(lines.count)")
    for title in ["DATA:", "IMAGES:", "SPLITS:", "NETWORK:", "TRAINING:", "PROGRESS:", "OUTPUT:"] {
      #expect(lines.count { $0 == title } == 1, "\(title)")
    }
  }
}
