import Glibc
import PerceptDatasets
import PerceptIO
import PerceptImages
import PerceptLinearAlgebra
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

  /// Puts other bytes into the place of the cache file: the data must be as without a cache.
  func expectHarmless(_ bytes: [UInt8], _ plain: Dataset, _ comment: Comment) throws {
    let path = FileSystem.path(cached.folder.path("cache/pixels"), try #require(cached.names.first))
    try substitute(path, bytes)
    _ = cached.cache.entries()
    expectEqual(try cached.load().dataset, plain, comment)
  }

  @Test("a file with any byte changed, cut anywhere or with bytes behind it is made again")
  func damaged() throws {
    let plain = try cached.plain()
    try cached.load()
    let whole = try FileSystem.read(cached.file())
    for index in whole.indices where index < 700 || index % 61 == 0 || index > whole.count - 20 {
      var bytes = whole
      bytes[index] ^= UInt8(1 << (index % 8))
      try expectHarmless(bytes, plain, "byte \(index)")
      if index % 5 == 0 { try expectHarmless(Array(whole[..<index]), plain, "length \(index)") }
    }
    for extra in [1, 4096, 100_000] {
      try expectHarmless(whole + [UInt8](repeating: 7, count: extra), plain, "\(extra) bytes more")
    }
    #expect(try FileSystem.read(cached.file()).count == whole.count)
    #expect(try cached.load().decoded == 0)
  }

  @Test("a header that lies does no harm, even if its checksum is right")
  func forged() throws {
    let plain = try cached.plain()
    try cached.load()
    let whole = try FileSystem.read(cached.file())
    let path = try cached.file()
    for offset in stride(from: 8, to: 64, by: 8) {
      for value in [-1, 0, 1, 2, 4, 12, 4096, 1 << 31, 1 << 60, 1 << 62, .max, .min] as [Int64] {
        try substitute(path, whole)
        try cached.forge { $0[offset] = value }
        try expectHarmless(FileSystem.read(path), plain, "\(value) at \(offset)")
      }
    }
  }

  @Test("a manifest that lies does no harm, even if its checksum is right")
  func forgedManifest() throws {
    let plain = try cached.plain()
    try cached.load()
    let whole = try FileSystem.read(cached.file())
    let path = try cached.file()
    var generator = SeededGenerator(seed: 3)
    for index in 64..<CacheBytes(whole).pixels where index < 700 || index % 61 == 0 {
      try substitute(path, whole)
      try cached.forge { $0.bytes[index] = UInt8.random(in: 0...255, using: &generator) }
      try expectHarmless(FileSystem.read(path), plain, "byte \(index)")
    }
  }

  @Test("data in use stays as it is when its file goes")
  func removedInUse() throws {
    let (plain, cold, warm) = (try cached.plain(), try cached.load().dataset, try cached.load().dataset)
    try cached.cache.clear()
    #expect(cached.names.isEmpty)
    expectEqual(cold, plain)
    expectEqual(warm, plain)
  }

  @Test("what was used least recently goes first, and what is being used stays")
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
    // A hit makes 3 the younger one, so that 4 has to go.
    setTime(try #require(sides[4]), 5_000_000)
    _ = try Dataset(
      DataSource(cached.data), preprocessing: Preprocessing(imageSize: 3, color: .gray), cache: small)
    #expect(small.entries().map(\.file) == [sides[3], sides[4]])
    _ = try Dataset(
      DataSource(cached.data), preprocessing: Preprocessing(imageSize: 2, color: .gray), cache: small)
    #expect(Set(small.entries().map(\.file)) == Set([sides[2], sides[3]].compactMap(\.self)))
  }

  @Test("data beyond the limit can be used all the same, and nothing of it stays", arguments: [0, 4000])
  func beyondLimit(limit: Int) throws {
    try cached.load()
    let small = PixelCache(folder: cached.cache.folder, limit: limit)
    setTime(cached.folder.path("data/a/0000.png"), 1_000_000)
    let loaded = try Dataset(DataSource(cached.data), preprocessing: cached.preprocessing, cache: small)
    expectEqual(loaded, try cached.plain())
    #expect(cached.names.isEmpty)
  }

  @Test(
    "where no file can be made the data is as ever",
    arguments: ["/proc/percept/pixels", "data/a/0000.png/x", "dangling"])
  func unwritable(folder: String) throws {
    symlink("nowhere", cached.folder.path("dangling"))
    let cache = PixelCache(folder: cached.folder.path(folder))
    let loaded = try Dataset(DataSource(cached.data), preprocessing: cached.preprocessing, cache: cache)
    expectEqual(loaded, try cached.plain())
    #expect(cache.entries().isEmpty)
    #expect(try cache.clear() == (0, 0))
  }

  @Test("the folder may be a link, is made when it is missing, and is the user's alone")
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

  @Test("what a dead writer left goes with the next one; what a living one writes, and files of others, stay")
  func abandoned() throws {
    for name in ["dead", "live"] {
      try cached.folder.write([1, 2, 3], to: "cache/pixels/0123456789abcdef.\(name).partial")
    }
    try cached.folder.write([1], to: "cache/pixels/notes.pixels")
    let live = open(cached.folder.path("cache/pixels/0123456789abcdef.live.partial"), O_RDONLY)
    #expect(flock(live, LOCK_EX) == 0)
    try cached.load()
    #expect(cached.names.filter { !$0.hasSuffix(".pixels") } == ["0123456789abcdef.live.partial"])
    close(live)
    let size = cached.cache.entries().reduce(0) { $0 + $1.bytes }
    #expect(try cached.cache.clear() == (1, size + 3))
    #expect(cached.names == ["notes.pixels"])
  }

  @Test("an entry says what it holds, or that it is broken")
  func entries() throws {
    try cached.folder.write([1], to: "data/b/broken.png")
    try cached.load()
    let file = try cached.file()
    let entry = try #require(cached.cache.entries().first)
    #expect(entry.file == file)
    #expect(try entry.bytes == FileSystem.size(of: file))
    #expect(entry.content?.source == cached.data && entry.content?.examples == 3)
    #expect(entry.content?.preprocessing == cached.preprocessing)
    setTime(file, 1_000_000)
    try FileSystem.write(Array(FileSystem.read(file).dropLast()), to: file, replacing: true)
    #expect(cached.cache.entries().map(\.content) == [nil])
    setTime(file, 1_000_000)
    #expect(cached.cache.entries().map(\.lastUsed) == [1_000_000])
  }
}
