import PerceptIO
import PerceptImages
import PerceptTestSupport
import Testing

@Suite("Commands read the layouts in which data is published")
struct DataLayoutTests {
  let folder: TemporaryFolder
  let percept = Program.percept

  init() throws { folder = try TemporaryFolder() }

  /// Runs `percept train` on data, with few iterations.
  func train(_ data: String, _ flags: String...) throws -> Program.Result {
    try percept(["train", data, "--iterations", "5", "--force", "-o", "m.safetensors"] + flags, in: folder)
  }

  @Test("folders such as training_set and test_set are splits")
  func splitFolders() throws {
    try folder.addImages([("d/training_set/a", 4), ("d/training_set/b", 4), ("d/test_set/a", 2), ("d/test_set/b", 2)])
    let errors = try train("d").errors
    #expect(errors.contains("Classes: a (0), b (1)\n") && errors.contains("m_train = 8\n"))
    #expect(!errors.contains("Warning: d"))
  }

  @Test("what looks like a split but is not used is a warning, also with --quiet; how data was read is a note")
  func unusedSplits() throws {
    try folder.addImages([("d/x/train/a", 4), ("d/x/train/b", 4), ("d/x/test", 2)])
    let (quiet, all) = (try train("d", "--quiet").errors, try train("d").errors)
    let warning = "Warning: d/x/test is named like a split, but is not used. "
    #expect(quiet.contains(warning) && all.contains(warning))
    #expect(all.contains("Reading d/x, the only folder in d.\n") && !quiet.contains("Reading"))
  }

  @Test("a written split of names with blanks and separators trains the same model")
  func writtenSplit() throws {
    try folder.addImages([("d/cat", 6), ("d/cat ", 6), ("d/,dog", 6)])
    for (seed, name) in ["d/cat/ x ", "d/cat /\t.png", "d/,dog/\"#\"", "d/cat/file"].enumerated() {
      try folder.write(TestImages.noise(seed: UInt64(seed), width: 8, height: 8).encodedPNG(), to: name)
    }
    #expect(try train("d", "--write-split", "s.csv").status == 0)
    let first = try FileSystem.read(folder.path("m.safetensors"))
    let again = try train("s.csv")
    #expect(again.status == 0 && !again.errors.contains("could not be read"))
    #expect(try FileSystem.read(folder.path("m.safetensors")) == first)
  }

  @Test("--classes takes names in quotes and with backslashes, and the error for an unknown class shows how")
  func quotedClasses() throws {
    try folder.addImages([("d/Pepper,_bell", 4), ("d/Potato", 4), ("d/Tomato", 4)])
    for classes in [#""Pepper,_bell",Potato"#, #"Pepper\,_bell,Potato"#] {
      #expect(try train("d", "--classes", classes).errors.contains("Classes: Pepper,_bell (0), Potato (1)\n"))
    }
    let result = try train("d", "--classes", "Pepper,_bell,Potato")
    #expect(result.status == 65)
    #expect(
      result.errors == """
        Error: unknown class "Pepper"; available classes: "Pepper,_bell", Potato, Tomato \
        (--classes '"Pepper,_bell",Potato')

        """)
  }
}
