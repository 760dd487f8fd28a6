import PerceptDatasets
import PerceptFeatures
import PerceptIO
import PerceptImages
import PerceptLinearAlgebra
import PerceptPlatform
import PerceptTestSupport
import Testing

@Suite("Pixel cache files")
struct PixelCacheFileTests {
  var cached: CachedData

  init() throws {
    cached = try CachedData()
    cached.preprocessing = Preprocessing(imageSize: 2, color: .gray)
    try cached.folder.addImages([("data/a", 2), ("data/b", 1)], side: 3)
  }

  /// Replaces the cache file with other bytes and expects the same data as without a cache.
  func expectHarmless(_ bytes: [UInt8], _ uncached: Dataset, _ comment: Comment) throws {
    let path = FileSystem.path(cached.folder.path("cache/pixels"), try #require(cached.names.first))
    try substitute(path, bytes)
    _ = cached.cache.entries()
    expectEqual(try cached.load().dataset, uncached, comment)
  }

  @Test("a file with a changed byte, truncated, or with extra bytes is regenerated")
  func damaged() throws {
    let uncached = try cached.uncached()
    try cached.load()
    let whole = try FileSystem.read(cached.file())
    #expect(!whole.isEmpty)
    for index in whole.indices where index < 700 || index % 61 == 0 || index > whole.count - 20 {
      var bytes = whole
      bytes[index] ^= UInt8(1 << (index % 8))
      try expectHarmless(bytes, uncached, "byte \(index)")
      if index % 5 == 0 { try expectHarmless(Array(whole[..<index]), uncached, "length \(index)") }
    }
    for extra in [1, 4096, 100_000] {
      try expectHarmless(whole + [UInt8](repeating: 7, count: extra), uncached, "\(extra) extra bytes")
    }
    #expect(try FileSystem.read(cached.file()).count == whole.count)
    #expect(try cached.load().decoded == 0)
  }

  @Test("a wrong header with a valid checksum does not change the data")
  func forged() throws {
    let uncached = try cached.uncached()
    try cached.load()
    let whole = try FileSystem.read(cached.file())
    let path = try cached.file()
    for offset in stride(from: 8, to: 64, by: 8) {
      for value in [-1, 0, 1, 2, 4, 12, 4096, 1 << 31, 1 << 60, 1 << 62, .max, .min] as [Int64] {
        try substitute(path, whole)
        try cached.forge { $0[offset] = value }
        try expectHarmless(FileSystem.read(path), uncached, "\(value) at \(offset)")
      }
    }
  }

  @Test("a wrong manifest with a valid checksum does not change the data")
  func forgedManifest() throws {
    let uncached = try cached.uncached()
    try cached.load()
    let whole = try FileSystem.read(cached.file())
    let path = try cached.file()
    var generator = SeededGenerator(seed: 3)
    let (keys, pixels) = (CacheBytes(whole).keys, CacheBytes(whole).pixels)
    #expect(pixels > 64)
    // Keys are data, as pixels are.
    for index in 64..<pixels where !keys.contains(index) && (index < 700 || index % 61 == 0) {
      try substitute(path, whole)
      try cached.forge { $0.bytes[index] = UInt8.random(in: 0...255, using: &generator) }
      try expectHarmless(FileSystem.read(path), uncached, "byte \(index)")
    }
  }

  @Test("a dataset stays valid when its cache file is removed")
  func removedInUse() throws {
    let (uncached, cold, warm) = (try cached.uncached(), try cached.load().dataset, try cached.load().dataset)
    try cached.cache.clear()
    #expect(cached.names.isEmpty)
    expectEqual(cold, uncached)
    expectEqual(warm, uncached)
  }

  @Test("least recently used files are removed first, never the current one")
  func leastRecentlyUsed() throws {
    try cached.load()
    let size = try FileSystem.size(of: cached.file())
    let small = PixelCache(folder: cached.cache.folder, limit: 2 * size + 500)
    var sides = [2: try cached.file()]
    for side in [3, 4] {
      setTime(try #require(sides[side - 1]), 1_000_000 * side)
      let before = Set(cached.names)
      _ = try Dataset(
        DataSource(cached.data), preprocessing: Preprocessing(imageSize: side, color: .gray),
        cache: side == 3 ? cached.cache : small)
      sides[side] = FileSystem.path(small.folder, try #require(Set(cached.names).subtracting(before).first))
    }
    #expect(
      Set(cached.names.map { FileSystem.path(small.folder, $0) }) == Set([sides[3], sides[4]].compactMap(\.self)))
    // A cache hit makes 3 the most recently used file, so that 4 is removed.
    setTime(try #require(sides[4]), 5_000_000)
    _ = try Dataset(
      DataSource(cached.data), preprocessing: Preprocessing(imageSize: 3, color: .gray), cache: small)
    #expect(small.entries().map(\.file) == [sides[3], sides[4]])
    _ = try Dataset(
      DataSource(cached.data), preprocessing: Preprocessing(imageSize: 2, color: .gray), cache: small)
    #expect(Set(small.entries().map(\.file)) == Set([sides[2], sides[3]].compactMap(\.self)))
  }

  @Test("data larger than the limit is loaded but not cached", arguments: [0, 4000])
  func beyondLimit(limit: Int) throws {
    try cached.load()
    let small = PixelCache(folder: cached.cache.folder, limit: limit)
    setTime(cached.folder.path("data/a/0000.png"), 1_000_000)
    let loaded = try Dataset(DataSource(cached.data), preprocessing: cached.preprocessing, cache: small)
    expectEqual(loaded, try cached.uncached())
    #expect(cached.names.isEmpty)
  }

  @Test(
    "data is loaded if no cache file can be written",
    arguments: ["/proc/percept/pixels", "data/a/0000.png/x", "dangling"])
  func unwritable(folder: String) throws {
    symlink("nowhere", cached.folder.path("dangling"))
    let cache = PixelCache(folder: cached.folder.path(folder))
    let loaded = try Dataset(DataSource(cached.data), preprocessing: cached.preprocessing, cache: cache)
    expectEqual(loaded, try cached.uncached())
    #expect(cache.entries().isEmpty)
    #expect(try cache.clear() == (0, 0))
  }

  @Test("the folder can be a symbolic link, is created if missing, and is accessible only to the user")
  func folder() throws {
    try cached.load()
    var status = stat()
    for name in ["cache", "cache/pixels"] {
      #expect(stat(cached.folder.path(name), &status) == 0 && status.st_mode & 0o777 == 0o700)
    }
    symlink("cache/pixels", cached.folder.path("link"))
    let linked = PixelCache(folder: cached.folder.path("link"))
    #expect(linked.entries().count == 1)
    _ = try Dataset(DataSource(cached.data), preprocessing: Preprocessing(imageSize: 3), cache: linked)
    #expect(cached.names.count == 2)
    #expect(try linked.clear().count == 2)
  }

  @Test("temporary files that killed processes left are removed by the next writer, and counted by clear")
  func abandoned() throws {
    func leave() throws {
      let file = open(cached.folder.path("cache/pixels/.percept-dead.partial"), O_WRONLY | O_CREAT, 0o600)
      defer { close(file) }
      #expect(write(file, [1, 2, 3], 3) == 3)
    }
    try cached.folder.write([1], to: "cache/pixels/notes.pixels")
    try leave()
    try cached.load()
    let abandoned = cached.folder.path("cache/pixels/.percept-dead.partial")
    #expect(FileSystem.kind(of: abandoned) == nil)
    try leave()
    let size = cached.cache.entries().reduce(0) { $0 + $1.bytes }
    #expect(try cached.cache.clear() == (1, size + 3))
    #expect(cached.names == ["notes.pixels"] && FileSystem.kind(of: abandoned) == nil)
  }

  @Test("an entry describes its content; a damaged file has none")
  func entries() throws {
    try cached.folder.write([1], to: "data/b/broken.png")
    try cached.load()
    let file = try cached.file()
    let entry = try #require(cached.cache.entries().first)
    #expect(entry.file == file)
    #expect(try entry.bytes == FileSystem.size(of: file))
    #expect(entry.content?.source == cached.data && entry.content?.examples == 3)
    #expect(entry.content?.imageSize == ImageSize(2) && entry.content?.features == "pixels")
    setTime(file, 1_000_000)
    try FileSystem.write(Array(FileSystem.read(file).dropLast()), to: file, replacing: true)
    #expect(cached.cache.entries().map(\.content) == [nil])
    setTime(file, 1_000_000)
    #expect(cached.cache.entries().map(\.lastUsed) == [1_000_000])
  }
}
