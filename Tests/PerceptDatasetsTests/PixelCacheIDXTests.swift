import PerceptDatasets
import PerceptFeatures
import PerceptIO
import PerceptImages
import PerceptTestSupport
import Testing

@Suite("Pixel cache with IDX files")
struct PixelCacheIDXTests {
  let idx: IDXTests

  init() throws { idx = try IDXTests() }

  func cached(_ preprocessing: Preprocessing?) throws -> CachedData {
    var cached = try CachedData()
    cached.preprocessing = preprocessing
    return cached
  }

  @Test(
    "the second load yields the same data, from the cache file", arguments: [false, true],
    [nil, Preprocessing(imageSize: 4)])
  func warm(gzipped: Bool, preprocessing: Preprocessing?) throws {
    try idx.write(gzipped: gzipped)
    let cached = try cached(preprocessing)
    expectEqual(try cached.load(idx.folder.path).dataset, try cached.uncached(idx.folder.path))
    expectEqual(try cached.load(idx.folder.path).dataset, try cached.uncached(idx.folder.path))
    try cached.forge { $0.bytes[$0.pixels] ^= 0xFF }
    #expect(
      try cached.load(idx.folder.path).dataset.withFeatures(of: 0, { $0[0] })
        == cached.uncached(idx.folder.path).withFeatures(of: 0) { $0[0] ^ 0xFF })
  }

  @Test("changed images, changed labels, and another class selection are detected")
  func changes() throws {
    let cached = try cached(nil)
    var (images, labels) = (IDXTests.images, IDXTests.labels)
    try idx.write()
    for step in 0..<3 {
      if step == 1 { images[16] = 99 }
      if step == 2 { labels[9] = 7 }
      try idx.write(images, labels)
      for classes in [.all, try ClassSelection("1=a,7=b"), try ClassSelection("7=a,1=b")] {
        expectEqual(
          try cached.load(idx.folder.path, classes: classes).dataset,
          try cached.uncached(idx.folder.path, classes: classes))
      }
    }
    #expect(cached.names.count == 3)
  }

  @Test("damaged files are errors and leave no cache file")
  func damaged() throws {
    try idx.write(Array(IDXTests.images.dropLast()))
    let cached = try cached(nil)
    #expect(throws: DatasetError.self) { try cached.load(idx.folder.path) }
    #expect(cached.names.isEmpty)
  }

  @Test("data larger than the write window is cached correctly")
  func windows() throws {
    let count = 70  // of 512 x 512 pixels: 17.5 MiB, more than one write window of 16 MiB
    let pixels = (0..<count).flatMap { TestImages.noise(seed: UInt64($0), width: 8, height: 8, color: .gray).pixels }
    try idx.write(
      [0, 0, 8, 3, 0, 0, 0, UInt8(count), 0, 0, 0, 8, 0, 0, 0, 8] + pixels,
      [0, 0, 8, 1, 0, 0, 0, UInt8(count)] + (0..<count).map { UInt8($0 % 2) })
    let cached = try cached(Preprocessing(imageSize: 512, color: .gray))
    let uncached = try cached.uncached(idx.folder.path)
    expectEqual(try cached.load(idx.folder.path).dataset, uncached)
    expectEqual(try cached.load(idx.folder.path).dataset, uncached)
  }
}
