import PerceptDataQuality
import PerceptDatasets
import PerceptIO
import PerceptImages
import PerceptTestSupport
import Testing

@Suite("Outliers")
struct OutlierTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  func noise(_ seed: UInt64, width: Int = 80, height: Int = 80, highest: UInt64 = 255) -> Image {
    var state = seed
    let pixels = (0..<width * height * 3).map { _ in
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return UInt8((state >> 33) % (highest + 1))
    }
    return Image(width: width, height: height, color: .rgb, pixels: pixels)
  }

  @Test("outliers of every kind are found, and other images are not")
  func kinds() throws {
    for seed in 1...20 as ClosedRange<UInt64> {
      try folder.write(noise(seed).encodedPNG(), to: "data/\(seed % 2 == 0 ? "a" : "b")/\(seed).png")
    }
    let outliers: [(name: String, image: Image)] = [
      ("blank", Image(width: 80, height: 80, color: .rgb, pixels: Array(repeating: 90, count: 80 * 80 * 3))),
      ("blurred", noise(40).resized(to: ImageSize(4)).resized(to: ImageSize(80))),
      ("dark", noise(41, highest: 20)), ("elongated", noise(42, width: 300)),
      ("tiny", noise(43, width: 31, height: 31)),
      ("gray", Image(width: 80, height: 80, color: .gray, pixels: Array(noise(44).pixels.prefix(80 * 80)))),
    ]
    for (name, image) in outliers { try folder.write(image.encodedPNG(), to: "data/a/\(name).png") }
    let source = try DataSource(folder.path("data"))
    let found = try Outlier.all(in: Exploration(source).images, of: Dataset(source))
    for (name, _) in outliers {
      let kinds = found.filter { FileSystem.name(of: $0.example.file) == "\(name).png" }.map(\.kind.rawValue)
      #expect(kinds.contains(name), "\(name): \(kinds)")
    }
    #expect(Set(found.map { FileSystem.name(of: $0.example.file) }).count == outliers.count)
  }
}
