import PerceptDataQuality
import PerceptDatasets
import PerceptImages
import PerceptTestSupport
import Testing

@Suite("Shortcut features")
struct ShortcutFeatureTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  @Test("a format and a size that predict the class are shortcut features, others are not")
  func properties() throws {
    for seed in 1...12 as ClosedRange<UInt64> {
      let isEven = seed % 2 == 0
      let image = TestImages.noise(seed: seed, width: isEven ? 80 : 90, height: 80)
      try folder.write(
        isEven ? image.encodedPNG() : image.encodedJPEG(), to: "predictive/\(isEven ? "a" : "b")/\(seed)")
      try folder.write(
        isEven ? image.encodedPNG() : image.encodedJPEG(), to: "independent/\(seed <= 6 ? "a" : "b")/\(seed)")
    }
    let found = try ShortcutFeature.all(in: Exploration(DataSource(folder.path("predictive"))))
    #expect(found.map(\.property) == [.format, .size] && found.allSatisfy { $0.correct == 12 && $0.count == 12 })
    #expect(found.first?.values == ["PNG", "JPEG"])
    #expect(try ShortcutFeature.all(in: Exploration(DataSource(folder.path("independent")))).isEmpty)
  }
}
