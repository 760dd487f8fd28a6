import PerceptDatasets
import PerceptIO
import PerceptImages
import PerceptTestSupport
import Testing

@Suite("Pixel cache of IDX files")
struct PixelCacheIDXTests {
  let idx: IDXTests

  init() throws { idx = try IDXTests() }

  func cached(_ preprocessing: Preprocessing?) throws -> CachedData {
    var cached = try CachedData()
    cached.preprocessing = preprocessing
    return cached
  }

  @Test(
    "the second time is the same, and really comes from the file", arguments: [false, true],
    [nil, Preprocessing(imageSize: 4)])
  func warm(gzipped: Bool, preprocessing: Preprocessing?) throws {
    try idx.write(gzipped: gzipped)
    let cached = try cached(preprocessing)
    expectEqual(try cached.load(idx.folder.path).dataset, try cached.plain(idx.folder.path))
    expectEqual(try cached.load(idx.folder.path).dataset, try cached.plain(idx.folder.path))
    try cached.forge { $0.bytes[$0.pixels] ^= 0xFF }
    #expect(
      try cached.load(idx.folder.path).dataset.withFeatures(of: 0, { $0[0] })
        == cached.plain(idx.folder.path).withFeatures(of: 0) { $0[0] ^ 0xFF })
  }

  @Test("a changed file of pictures or of labels is noticed, and so is another choice")
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
          try cached.plain(idx.folder.path, classes: classes))
      }
    }
    #expect(cached.names.count == 3)
  }

  @Test("damaged files are refused as ever, and leave nothing behind")
  func damaged() throws {
    try idx.write(Array(IDXTests.images.dropLast()))
    let cached = try cached(nil)
    #expect(throws: DatasetError.self) { try cached.load(idx.folder.path) }
    #expect(cached.names.isEmpty)
  }

  @Test("pictures of several windows stand in their places")
  func windows() throws {
    let count = 70  // of 512 x 512 pixels: 17.5 MiB, more than is written at a time
    let pixels = (0..<count).flatMap { TestImages.noise(seed: UInt64($0), width: 8, height: 8, color: .gray).pixels }
    try idx.write(
      [0, 0, 8, 3, 0, 0, 0, UInt8(count), 0, 0, 0, 8, 0, 0, 0, 8] + pixels,
      [0, 0, 8, 1, 0, 0, 0, UInt8(count)] + (0..<count).map { UInt8($0 % 2) })
    let cached = try cached(Preprocessing(imageSize: 512, color: .gray))
    let plain = try cached.plain(idx.folder.path)
    expectEqual(try cached.load(idx.folder.path).dataset, plain)
    expectEqual(try cached.load(idx.folder.path).dataset, plain)
  }
}
