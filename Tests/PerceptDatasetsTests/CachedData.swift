import CPerceptZlib
import PerceptDatasets
import PerceptFeatures
import PerceptIO
import PerceptImages
import PerceptPlatform
import PerceptTestSupport
import Synchronization
import Testing

/// Data in a temporary folder, and a cache in the same folder.
struct CachedData {
  let folder: TemporaryFolder
  let cache: PixelCache
  var preprocessing: Preprocessing? = Preprocessing(imageSize: 4)

  init(limit: Int = PixelCache.defaultLimit) throws {
    folder = try TemporaryFolder()
    cache = PixelCache(folder: folder.path("cache/pixels"), limit: limit)
  }

  var data: String { folder.path("data") }

  /// Loads the data with the cache. Returns the dataset and the number of files that were decoded.
  @discardableResult
  func load(_ path: String? = nil, classes: ClassSelection = .all) throws -> (dataset: Dataset, decoded: Int) {
    let decoded = Mutex(0)
    let dataset = try Dataset(
      DataSource(path ?? data, classes: classes), preprocessing: preprocessing, cache: cache,
      progress: { _, _ in decoded.withLock { $0 += 1 } })
    return (dataset, decoded.withLock { $0 })
  }

  /// Loads the data without the cache.
  func uncached(_ path: String? = nil, classes: ClassSelection = .all) throws -> Dataset {
    try Dataset(DataSource(path ?? data, classes: classes), preprocessing: preprocessing)
  }

  /// The names of all files in the cache folder.
  var names: [String] { (try? FileSystem.names(inFolder: cache.folder)) ?? [] }

  /// Returns the path of the only file in the cache.
  func file(_ location: SourceLocation = #_sourceLocation) throws -> String {
    try #require(names.count == 1, "\(names)", sourceLocation: location)
    return FileSystem.path(cache.folder, names[0])
  }

  /// Changes the only file in the cache and updates its checksums.
  func forge(_ change: (inout CacheBytes) -> Void) throws {
    let path = try file()
    var bytes = CacheBytes(try FileSystem.read(path))
    let start = bytes.pixels
    change(&bytes)
    bytes.seal(pixels: start) { crc32_z(0, $0, $0.count) }
    try substitute(path, bytes.bytes)
  }
}

/// Expects two datasets to be equal and not empty.
func expectEqual(_ a: Dataset, _ b: Dataset, _ comment: Comment? = nil, _ location: SourceLocation = #_sourceLocation) {
  #expect(a.examples == b.examples, comment, sourceLocation: location)
  #expect(a.skipped == b.skipped, comment, sourceLocation: location)
  #expect(a.classNames == b.classNames && a.preprocessing == b.preprocessing, comment, sourceLocation: location)
  #expect(a.count > 0, comment, sourceLocation: location)
  guard a.count == b.count else { return }
  let isEqual = (0..<a.count).allSatisfy { a.withFeatures(of: $0, Array.init) == b.withFeatures(of: $0, Array.init) }
  #expect(isEqual, comment, sourceLocation: location)
  #expect((0..<a.count).map(a.key) == (0..<b.count).map(b.key), comment, sourceLocation: location)
}

/// Replaces a file with another file that contains `bytes`, so that existing mappings of the old file stay valid. Does
/// not synchronize the file to the disk, because tests call this a thousand times.
func substitute(_ path: String, _ bytes: [UInt8]) throws {
  let file = open(path + ".new", O_WRONLY | O_CREAT | O_TRUNC, 0o600)
  defer { close(file) }
  try #require(file >= 0 && write(file, bytes, bytes.count) == bytes.count)
  try #require(rename(path + ".new", path) == 0)
}

/// Sets the access and modification times of a file, in seconds since 1970.
func setTime(_ path: String, _ seconds: Int) {
  let times = [timespec(tv_sec: seconds, tv_nsec: 0), timespec(tv_sec: seconds, tv_nsec: 0)]
  utimensat(AT_FDCWD, path, times, 0)
}
