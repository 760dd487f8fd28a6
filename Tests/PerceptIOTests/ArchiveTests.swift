import PerceptIO
import PerceptTestSupport
import Testing

@Suite("Archives", .enabled(if: Archive.isSupported, "libarchive is not installed"))
struct ArchiveTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private let files: [(name: String, bytes: [UInt8])] = [
    ("cat/1.txt", [1]), ("./cat/inner/2.txt", [2, 2]), ("dog/", []), ("ünlü.txt", [3]), (".hidden", [4]),
    ("__MACOSX/x", [5]), ("empty", []),
  ]

  private static let packers: [(name: String, pack: @Sendable ([(name: String, bytes: [UInt8])]) -> [UInt8])] = [
    ("a.zip", { TestArchive.zip($0) }), ("a.tar", { TestArchive.tar($0) }),
    ("a.tar.gz", { TestArchive.gzip(TestArchive.tar($0)) }), ("a.TGZ", { TestArchive.gzip(TestArchive.tar($0)) }),
    ("a.tar.zst", { TestArchive.zstd(TestArchive.tar($0)) }),
  ]

  @Test("are read like folders", arguments: packers.indices)
  func listing(index: Int) throws {
    let (name, pack) = Self.packers[index]
    let path = try folder.write(pack(files), to: name)
    #expect(FileSystem.isArchive(path))
    #expect(try FileSystem.names(inFolder: path) == ["cat", "dog", "empty", "ünlü.txt"])
    #expect(try FileSystem.names(inFolder: path + "/cat") == ["1.txt", "inner"])
    #expect(try FileSystem.regularFiles(below: path) == ["cat/1.txt", "cat/inner/2.txt", "empty", "ünlü.txt"])
    #expect(try FileSystem.read(path + "/cat/inner/2.txt") == [2, 2])
    #expect(try FileSystem.read(path + "/empty").isEmpty)
    #expect(try FileSystem.prefix(of: path + "/cat/inner/2.txt", count: 1) == [2])
    #expect(try FileSystem.size(of: path + "/cat/inner/2.txt") == 2)
    #expect(FileSystem.kind(of: path + "/cat") == .folder && FileSystem.kind(of: path + "/cat/1.txt") == .file)
    #expect(FileSystem.kind(of: path) == .file && FileSystem.kind(of: path + "/no") == nil)
    #expect(try FileSystem.realPath(path + "/cat/1.txt") == FileSystem.realPath(path) + "/cat/1.txt")
    #expect(FileStamp(path + "/cat/1.txt")?.modified == FileStamp(path)?.modified)
    #expect(throws: FileError(path + "/no", .notFound)) { try FileSystem.read(path + "/no") }
    #expect(throws: FileError(path + "/cat", .isFolder)) { try FileSystem.read(path + "/cat") }
    #expect(throws: FileError(path + "/empty", .isNotFolder)) { try FileSystem.names(inFolder: path + "/empty") }
  }

  @Test("are read again after they have changed")
  func changed() throws {
    let path = try folder.write(TestArchive.zip([("x", [1])]), to: "a.zip")
    #expect(try FileSystem.read(path + "/x") == [1])
    try folder.write(TestArchive.zip([("x", [2, 3])]), to: "a.zip")
    #expect(try FileSystem.read(path + "/x") == [2, 3])
  }

  @Test("contain the last of several files with one path")
  func repeated() throws {
    let path = try folder.write(TestArchive.tar([("x", [1]), ("x", [2])]), to: "a.tar")
    #expect(try FileSystem.read(path + "/x") == [2])
  }

  @Test("other files and folders are not affected")
  func others() throws {
    let file = try folder.write([1], to: "x.jpg")
    #expect(throws: FileError(file, .isNotFolder)) { try FileSystem.names(inFolder: file) }
    #expect(throws: FileError.self) { try FileSystem.read(file + "/y") }
    try folder.write([2], to: "folder.zip/x")
    #expect(!FileSystem.isArchive(folder.path("folder.zip")))
    #expect(try FileSystem.read(folder.path("folder.zip/x")) == [2])
  }

  @Test(
    "with paths that lead out of them, links, devices, or contradictions are errors",
    arguments: [
      (TestArchive.tar([("../x", [1])]), "the path ../x leads out of it"),
      (TestArchive.tar([("a/../../x", [1])]), "the path a/../../x leads out of it"),
      (TestArchive.tar([("/etc/x", [1])]), "the path /etc/x leads out of it"),
      (TestArchive.tar([("x", [])], kind: "2"), "x is a link; pack the files themselves"),
      (TestArchive.tar([("x", [])], kind: "1"), "x is a link; pack the files themselves"),
      (TestArchive.tar([("x", [])], kind: "3"), "x is a device or a pipe"),
      (TestArchive.tar([("x", [1]), ("x/y", [1])]), "x is both a file and a folder"),
      (TestArchive.tar([("x/y", [1]), ("x", [1])]), "x is both a file and a folder"),
      (TestArchive.zip([("../x", [1])]), "the path ../x leads out of it"),
      (TestArchive.zip([("/x", [1])]), "the path /x leads out of it"),
    ])
  func tricks(bytes: [UInt8], words: String) throws {
    let path = try folder.write(bytes, to: "a.zip")
    let error = #expect(throws: FileError.self) { try FileSystem.names(inFolder: path) }
    #expect(error?.description.hasPrefix("\(path): cannot be read: the archive is not accepted: \(words)") == true)
  }

  @Test("that contain more than the limits allow are errors")
  func limits() throws {
    let arrays = try folder.write(
      TestArchive.zip([
        ("train_images.npy", TestArchive.array([3, 1, 1], [1, 2, 3])),
        ("train_labels.npy", TestArchive.array([3], [1, 1, 1])),
      ]), to: "a.npz")
    let path = try folder.write(TestArchive.tar([("a", [1]), ("b", [UInt8](repeating: 0, count: 5_000))]), to: "a.tar")
    func words(in path: String, _ change: (inout Archive.Limits) -> Void) throws -> String? {
      var limits = Archive.Limits()
      change(&limits)
      do throws(FileError) {
        _ = try Archive(path, limits: limits)
        return nil
      } catch { return error.description }
    }
    #expect(try words(in: path) { _ in } == nil)
    #expect(try words(in: path) { $0.entries = 1 }?.contains("more than 1 entries") == true)
    #expect(try words(in: path) { ($0.freeBytes, $0.ratio) = (5_000, 0) }?.contains("0 times larger") == true)
    #expect(try words(in: path) { ($0.freeBytes, $0.ratio) = (5_001, 0) } == nil)
    #expect(try words(in: arrays) { $0.entries = 2 }?.contains("more than 2 entries") == true)
    #expect(try words(in: arrays) { $0.entries = 3 } == nil)
    #expect(try words(in: path) { $0.pathLength = 0 }?.contains("a path in it is too long") == true)
  }

  @Test("that are truncated, changed, or no archives never crash", arguments: packers.indices)
  func damaged(index: Int) throws {
    let (name, pack) = Self.packers[index]
    let bytes = pack(files)
    for place in stride(from: 0, to: bytes.count, by: 61) {
      var changed = bytes
      changed[place] ^= 0x55
      for (kind, content) in [("cut", Array(bytes.prefix(place))), ("changed", changed)] {
        _ = try? Archive(folder.write(content, to: kind + name))
      }
    }
    let text = try folder.write(Array("no archive".utf8), to: "text.zip")
    let error = #expect(throws: FileError.self) { try FileSystem.names(inFolder: text) }
    #expect(error?.description.hasPrefix("\(text): cannot be read: the archive is damaged (") == true)
  }

  // MARK: NumPy

  @Test("of NumPy's arrays are folders of splits and labels")
  func arrays() throws {
    let images = (0..<24).map { UInt8($0) }
    let path = try folder.write(
      TestArchive.zip([
        ("train_images.npy", TestArchive.array([2, 2, 3], Array(images[..<12]))),
        ("train_labels.npy", TestArchive.array([2, 1], [7, 3])),
        ("test_images.npy", TestArchive.array([2, 1, 2, 3], Array(images[12...]))),
        (
          "test_labels.npy",
          TestArchive.array([2], type: "<i8", [1, 1, 0, 0, 0, 0, 0, 0, 2] + [UInt8](repeating: 0, count: 7))
        ),
      ]), to: "a.npz")
    #expect(
      try FileSystem.regularFiles(below: path) == [
        "test/2/000001.ppm", "test/257/000000.ppm", "train/3/000001.pgm", "train/7/000000.pgm",
      ])
    #expect(try FileSystem.read(path + "/train/3/000001.pgm") == Array("P5\n3 2\n255\n".utf8) + images[6..<12])
    #expect(try FileSystem.read(path + "/test/2/000001.ppm") == Array("P6\n2 1\n255\n".utf8) + images[18...])
    #expect(try FileSystem.size(of: path + "/test/2/000001.ppm") == 17)
  }

  @Test(
    "of other arrays are errors",
    arguments: [
      ([("x.npy", TestArchive.array([1], [1]))], "it has no arrays train_images and train_labels"),
      ([("train_images.npy", TestArchive.array([1, 1, 1], [1]))], "train_labels is missing"),
      (
        [
          ("train_images.npy", TestArchive.array([1, 1, 1], [1])),
          ("train_labels.npy", TestArchive.array([2], [1, 1])),
        ],
        "train_labels does not have one whole number for each of 1 images"
      ),
      (
        [
          ("train_images.npy", TestArchive.array([2, 1, 1], [1])),
          ("train_labels.npy", TestArchive.array([2], [1, 1])),
        ],
        "train_images or train_labels does not have the size that its shape says"
      ),
      (
        [
          ("train_images.npy", TestArchive.array([1, 1, 1], type: "<f4", [1, 1, 1, 1])),
          ("train_labels.npy", TestArchive.array([1], [1])),
        ], "train_images is not an array of N x height x width (x 3) bytes"
      ),
      (
        [("train_images.npy", [1, 2, 3]), ("train_labels.npy", TestArchive.array([1], [1]))],
        "train_images is not an array in the format NPY"
      ),
      (
        [
          ("train_images.npy", TestArchive.array([4_294_967_296, 4_294_967_296, 4_294_967_296], [])),
          ("train_labels.npy", TestArchive.array([1], [1])),
        ], "the shape of train_images is damaged"
      ),
    ] as [([(String, [UInt8])], String)])
  func otherArrays(files: [(String, [UInt8])], words: String) throws {
    let path = try folder.write(TestArchive.zip(files.map { (name: $0.0, bytes: $0.1) }), to: "a.npz")
    let error = #expect(throws: FileError.self) { try FileSystem.names(inFolder: path) }
    #expect(error?.description.contains("the archive is not accepted: \(words)") == true)
  }
}
