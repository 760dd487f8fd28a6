import PerceptIO
import PerceptImages
import PerceptTestSupport
import Testing

@Suite("Commands read archives in place of folders", .enabled(if: Archive.isSupported, "libarchive is not installed"))
struct ArchiveDataTests {
  let folder: TemporaryFolder
  let percept = Program.percept

  init() throws { folder = try TemporaryFolder() }

  /// Packs the files below a folder of the temporary folder.
  private func pack(_ name: String, to archive: String) throws {
    let root = folder.path(name)
    let files = try FileSystem.regularFiles(below: root).map {
      (name: $0, bytes: try FileSystem.read(FileSystem.path(root, $0)))
    }
    let bytes = archive.hasSuffix(".zip") ? TestArchive.zip(files) : TestArchive.tar(files)
    try folder.write(archive.hasSuffix("gz") ? TestArchive.gzip(bytes) : bytes, to: archive)
  }

  private func run(_ arguments: String...) throws -> Program.Result {
    let result = try percept(arguments, in: folder)
    #expect(result.status == 0, "\(arguments): \(result.errors)")
    return result
  }

  @Test("every command gives the same numbers for an archive as for the folder", arguments: ["d.zip", "d.tar.gz"])
  func commands(archive: String) throws {
    try folder.addImages([("d/cat", 12), ("d/dog", 12)])
    try pack("d", to: archive)
    for data in ["d", archive] {
      #expect(
        try percept(
          ["train", data, "--iterations", "20", "--quiet", "--force", "-o", "m-\(data).safetensors"], in: folder
        ).status == 0)
    }
    #expect(
      try FileSystem.read(folder.path("m-d.safetensors"), limit: 1 << 20)
        == FileSystem.read(folder.path("m-\(archive).safetensors"), limit: 1 << 20))
    for command in [
      ["evaluate", "m-d.safetensors", "DATA", "--json"], ["explore", "DATA", "--json"],
      ["predict", "m-d.safetensors", "DATA"], ["predict", "m-d.safetensors", "DATA/cat/0003.png"],
      ["cross-validate", "DATA", "--iterations", "5", "--json"],
    ] {
      let plain = try percept(command.map { $0.replacing("DATA", with: "d") }, in: folder)
      let packed = try percept(command.map { $0.replacing("DATA", with: archive) }, in: folder)
      #expect(plain.status == packed.status && !packed.output.isEmpty, "\(command): \(packed.errors)")
      #expect(plain.output == packed.output.replacing(archive, with: "d"), "\(command)")
    }
    #expect(try run("train", archive, "--iterations", "2", "--quiet").output.contains("model: d.safetensors\n"))
    _ = try run("report", "m-d.safetensors", archive, "-o", "r.html", "--force")
    _ = try run(
      "explain", "m-d.safetensors", "\(archive)/dog/0001.png", "--data", archive, "--figure", "e.svg", "--force")
  }

  @Test("labels can be corrected, and a label file can be inside of the archive")
  func labels() throws {
    try folder.addImages([("d/cat", 8), ("d/dog", 8)])
    try folder.write(
      Array("file,label\ncat/0000.png,a\ndog/0000.png,b\ncat/0001.png,a\ndog/0001.png,b\n".utf8), to: "d/labels.csv")
    try pack("d", to: "d.zip")
    #expect(
      try run(
        "train", "d.zip/labels.csv", "--iterations", "5", "--test-fraction", "0.5", "--force", "-o", "m.safetensors"
      ).errors.contains("Classes: a (0), b (1)"))
    try folder.write(Array("file,label\nd.zip/cat/0000.png,dog\n".utf8), to: "c.csv")
    #expect(try run("explore", "d.zip", "--labels", "c.csv", "--json").output.contains("9"))
  }

  @Test("a WebDataset has its labels in files beside the images")
  func webDataset() throws {
    var files: [(name: String, bytes: [UInt8])] = []
    for index in 0..<16 {
      let image = TestImages.sided(index % 2, seed: UInt64(index), side: 8)
      let key = "00000\(index)".suffix(6)
      files += [("\(key).png", try image.encodedPNG()), ("\(key).cls", Array("\(index % 2)\n".utf8))]
    }
    try folder.write(TestArchive.tar(files), to: "w.tar")
    let result = try run("train", "w.tar", "--iterations", "5", "-o", "m.safetensors")
    #expect(result.errors.contains("Classes: 0 (0), 1 (1)\n"))
    try folder.write(TestArchive.tar(files.dropLast().map { $0 }), to: "v.tar")
    let refused = try percept(["train", "v.tar", "-o", "n.safetensors"], in: folder)
    #expect(refused.status == 65 && refused.errors.contains("000015.cls does not exist"))
    for (ending, label) in [("json", #"{"label": 7, "x": [1]}"#), ("txt", "7")] {
      let renamed = files.map { name, bytes in
        name.hasSuffix("cls") && bytes[0] == 49
          ? (name: name.replacing("cls", with: ending), bytes: Array(label.utf8))
          : (
            name: name.replacing("cls", with: ending),
            bytes: name.hasSuffix("cls") ? Array(label.replacing("7", with: "5").utf8) : bytes
          )
      }
      try folder.write(TestArchive.tar(renamed), to: "u.tar")
      #expect(try run("explore", "u.tar").output.contains("5"))
    }
  }

  @Test("a folder of shards is one WebDataset; names of splits count if every shard has one")
  func shards() throws {
    func shard(_ range: Range<Int>) throws -> [UInt8] {
      let files = try range.flatMap { index in
        let image = TestImages.sided(index % 2, seed: UInt64(index), side: 8)
        return [("\(index).png", try image.encodedPNG()), ("\(index).cls", Array("\(index % 2)".utf8))]
      }
      return TestArchive.tar(files)
    }
    for (name, range) in [("train-000", 0..<8), ("train-001", 8..<16), ("test-000", 16..<20)] {
      try folder.write(try shard(range), to: "w/\(name).tar")
    }
    let split = try run("train", "w", "--iterations", "5", "-o", "m.safetensors")
    #expect(split.errors.contains("m_train = 16\n") && split.errors.contains("m_test = 4\n"))
    #expect(try run("evaluate", "m.safetensors", "w").output.contains(" of 4; 95 % interval"))
    #expect(try run("predict", "m.safetensors", "w/train-001.tar/8.png").output.contains("w/train-001.tar/8.png"))

    try folder.write(try shard(20..<30), to: "w/more.tar")
    let drawn = try run("train", "w", "--iterations", "5", "-o", "n.safetensors")
    #expect(drawn.errors.contains("m_train = 24\n") && drawn.errors.contains("m_test = 6\n"))

    try folder.write(TestArchive.tar([("a.png", [1])]), to: "w/other.tar")
    let refused = try percept(["explore", "w"], in: folder)
    #expect(refused.status == 65 && refused.errors.contains("w/other.tar: contains no images with labels"))

    // An archive in an archive is not read, and neither is an archive beside images with labels.
    try folder.write(TestArchive.tar([("w.tar", try shard(0..<4))]), to: "outer.tar")
    #expect(try percept(["explore", "outer.tar"], in: folder).errors.contains("no class folders"))
    for index in 0..<4 {
      try folder.write(try TestImages.sided(index % 2, seed: 99, side: 8).encodedPNG(), to: "w/\(index).png")
      try folder.write(Array("\(index % 2)".utf8), to: "w/\(index).cls")
    }
    #expect(try run("explore", "w").output.contains("w: 4 pictures"))
  }

  @Test(
    "texts beside images that are captions, not labels, are an error; a folder in the archive may contain the files")
  func captions() throws {
    let image = try TestImages.noise(seed: 1, width: 4, height: 4).encodedPNG()
    func tar(_ text: (Int) -> String) -> [UInt8] {
      TestArchive.tar(
        (0..<8).flatMap { index in
          [(name: "shard/\(index).png", bytes: image), (name: "shard/\(index).txt", bytes: Array(text(index).utf8))]
        })
    }
    try folder.write(tar { "photo \($0)" }, to: "w.tar")
    let refused = try percept("explore", "w.tar", in: folder)
    #expect(refused.status == 65 && refused.errors.contains("8 different texts for 8 images are captions"))
    try folder.write(tar { $0 < 4 ? "cat" : "dog" }, to: "w.tar")
    #expect(try run("explore", "w.tar").output.contains("dog"))
  }

  @Test("an NPZ file of MedMNIST is split, and its images keep their size and color mode")
  func medMNIST() throws {
    func images(_ count: Int, seed: Int) -> [UInt8] {
      (0..<count).flatMap { TestImages.sided($0 % 2, seed: UInt64(seed + $0), side: 6).converted(to: .gray).pixels }
    }
    func labels(_ count: Int) -> [UInt8] { (0..<count).map { UInt8($0 % 2) } }
    var files: [(name: String, bytes: [UInt8])] = []
    for (split, count) in [("train", 12), ("val", 4), ("test", 6)] {
      files.append(("\(split)_images.npy", TestArchive.array([count, 6, 6], images(count, seed: 100 * count))))
      files.append(("\(split)_labels.npy", TestArchive.array([count, 1], labels(count))))
    }
    try folder.write(TestArchive.zip(files), to: "m.npz")
    let errors = try run("train", "m.npz", "--iterations", "5", "-o", "m.safetensors").errors
    #expect(errors.contains("m_train = 12\n") && errors.contains("m_test = 6\n"))
    #expect(errors.contains("Each image is of size: (6, 6, 1)\n"))
  }

  @Test("a damaged archive is an error with its reason")
  func damaged() throws {
    try folder.write(Array("PK\u{3}\u{4}".utf8), to: "d.zip")
    for command in [["train", "d.zip", "-o", "m.safetensors"], ["explore", "d.zip"]] {
      let result = try percept(command, in: folder)
      #expect(result.status == 66)
      #expect(result.errors.hasPrefix("Error: d.zip: cannot be read: the archive is damaged ("))
    }
  }
}
