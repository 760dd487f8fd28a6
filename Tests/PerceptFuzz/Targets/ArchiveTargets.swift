import PerceptIO
import PerceptTestSupport

extension FuzzTarget {
  /// Archives of every kind. NumPy's arrays are recognized by the name of the archive, so each input has both names.
  @Sendable static func archive(folder: String) throws -> FuzzTarget {
    let files: [(name: String, bytes: [UInt8])] = [
      ("cat/1.txt", [1, 2, 3]), ("./dog/2.txt", [4]), ("ü/", []), ("x", []),
    ]
    let tar = TestArchive.tar(files)
    let arrays = TestArchive.zip([
      ("train_images.npy", TestArchive.array([2, 2, 3], [UInt8](0..<12))),
      ("train_labels.npy", TestArchive.array([2, 1], [7, 3])),
      ("test_images.npy", TestArchive.array([1, 1, 2, 3], [UInt8](0..<6))),
      ("test_labels.npy", TestArchive.array([1], type: "<i2", [1, 1])),
    ])
    return FuzzTarget(
      seeds: [TestArchive.zip(files), tar, TestArchive.gzip(tar), TestArchive.zstd(tar), arrays],
      refusals: [FileError.self]
    ) { bytes in
      let results = try ["x.zip", "x.npz"].map { name in
        let path = FileSystem.path(folder, name)
        try write(bytes, to: path)
        return Result { try read(Archive(path)) }
      }
      for case .failure(let error) in results { try require(!"\(error)".contains("\n"), "an error has two lines") }
      if (try? results[1].get()) == nil { try results[0].get() }
    }
  }

  /// Reads all files of an archive.
  private static func read(_ archive: Archive) throws {
    for file in archive.files {
      let bytes = try archive.read(file)
      try require(!archive.path.hasSuffix("npz") || bytes.starts(with: "P".utf8), "\(file) is not an image")
    }
  }
}
