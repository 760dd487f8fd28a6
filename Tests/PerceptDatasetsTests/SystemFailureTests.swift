import PerceptDatasets
import PerceptFeatures
import PerceptIO
import PerceptPlatform
import PerceptTestSupport
import Testing

@Suite("Failures of the system while data is read")
struct SystemFailureTests {
  let cached: CachedData

  init() throws {
    cached = try CachedData()
    try cached.folder.addImages([("data/a", 6), ("data/b", 6)])
  }

  /// Adds a file to the data that cannot be read, as if its disk failed: that of address 0 of this process.
  func addFailingFile(_ name: String) -> FileError {
    let path = cached.folder.path(name)
    #expect(symlink("/proc/self/mem", path) == 0)
    return FileError(path, .systemFailure("Input/output error"))
  }

  @Test("a disk that fails ends loading, while a file without an image is skipped")
  func images() throws {
    try cached.folder.write([1, 2, 3], to: "data/b/broken.png")
    #expect(try cached.load().dataset.skipped.count == 1)
    let error = addFailingFile("data/b/failing.png")
    #expect(throws: error) { try cached.load() }
    #expect(throws: error) { try cached.uncached() }
    #expect(throws: error) { try Exploration(DataSource(cached.data)) }
  }

  @Test("a disk that fails when files that were skipped are read again ends loading")
  func skippedFiles() throws {
    let path = try cached.folder.write([1, 2, 3], to: "data/b/broken.png")
    #expect(try cached.load().dataset.skipped.count == 1)
    try FileSystem.remove(path)
    let error = addFailingFile("data/b/broken.png")
    #expect(throws: error) { try cached.load() }
  }

  @Test("a disk that fails is not damaged IDX data")
  func idx() throws {
    let folder = try TemporaryFolder()
    #expect(symlink("/proc/self/mem", folder.path("images-idx3-ubyte")) == 0)
    try folder.write(IDXTests.labels, to: "labels-idx1-ubyte")
    #expect(throws: FileError(folder.path("images-idx3-ubyte"), .systemFailure("Input/output error"))) {
      try DataSource(folder.path)
    }
  }

  @Test("IDX files that change after they were opened are an error", arguments: [0, 1, 2])
  func changedIDX(change: Int) throws {
    let folder = try TemporaryFolder()
    let path = try folder.write(IDXTests.images, to: "images-idx3-ubyte")
    let labels = try folder.write(IDXTests.labels, to: "labels-idx1-ubyte")
    for file in [path, labels] { setTime(file, 1_000_000) }
    let source = try DataSource(folder.path)
    switch change {
    case 0: truncate(path, 20)
    case 1: try folder.write(IDXTests.images.dropLast() + [1], to: "images-idx3-ubyte")
    default: try folder.write(IDXTests.labels, to: "labels-idx1-ubyte")
    }
    #expect(throws: FileError(change == 2 ? labels : path, .changed)) { try Dataset(source) }
  }

  /// Writes bytes into the cache file, as another program does.
  func overwrite(_ bytes: [UInt8], at offset: Int) throws {
    let file = open(try cached.file(), O_WRONLY)
    #expect(pwrite(file, bytes, bytes.count, off_t(offset)) == bytes.count)
    close(file)
  }

  @Test("a cache file that is overwritten while it is mapped is noticed, a new and an old one", arguments: [1, 2])
  func overwritten(loads: Int) throws {
    for _ in 1..<loads { try cached.load() }
    let dataset = try cached.load().dataset
    let path = try cached.file()
    try dataset.checkUnchanged()
    let size = try FileSystem.size(of: path)
    let last = try FileSystem.read(path).suffix(1)
    try overwrite(Array(last), at: size - 1)
    try dataset.checkUnchanged()  // the same byte
    try overwrite([last[last.startIndex] ^ 1], at: size - 1)
    #expect(throws: FileError(path, .changed)) { try dataset.checkUnchanged() }
    #expect(throws: FileError(path, .changed)) { try dataset.subset([0]).images.checkUnchanged() }
    #expect(truncate(path, 4096) == 0)
    #expect(throws: FileError(path, .changed)) { try dataset.checkUnchanged() }
  }

  @Test("a cache file that another run uses, replaces or removes is not changed")
  func replaced() throws {
    let dataset = try cached.load().dataset
    setTime(try cached.file(), 1_000_000)
    try dataset.checkUnchanged()
    setTime(cached.folder.path("data/a/0000.png"), 1_000_000)
    try cached.load()
    try dataset.checkUnchanged()
    try cached.cache.clear()
    try dataset.checkUnchanged()
  }
}
