import PerceptDatasets
import PerceptFeatures
import PerceptIO
import PerceptImages
import PerceptTestSupport
import Testing

@Suite("Images shown to people")
struct ShownImageTests {
  @Test("an image of a dataset of features is shown at its size up to 200 pixels, without its file enlarged")
  func features() throws {
    let folder = try TemporaryFolder()
    try folder.addImages([("a", 2), ("b", 2)], side: 96)
    let preprocessing = Preprocessing(imageSize: 96, extractor: .hog)
    let dataset = try Dataset(DataSource(folder.path), preprocessing: preprocessing)
    let file = try Image(contentsOf: dataset.examples[0].file)
    #expect(dataset.image(of: 0).width == 64)
    #expect(dataset.shownImage(of: 0) == preprocessing.image(ofSamples: preprocessing.grid.samples(of: file)))
    try FileSystem.write([0], to: dataset.examples[0].file, replacing: true)
    #expect(dataset.shownImage(of: 0) == dataset.image(of: 0).enlarged(to: ImageSize(96), by: .catrom))
  }

  @Test("an image larger than 200 pixels is scaled down, and pixels as features are shown unchanged")
  func sizes() throws {
    let folder = try TemporaryFolder()
    try folder.addImages([("a", 1), ("b", 1)], side: 256)
    let source = try DataSource(folder.path)
    let hog = try Dataset(source, preprocessing: Preprocessing(imageSize: 256, extractor: .hog))
    #expect(hog.shownImage(of: 1).size == ImageSize(200))
    let pixels = try Dataset(source, preprocessing: Preprocessing(imageSize: 256))
    #expect(pixels.shownImage(of: 1) == pixels.image(of: 1))
  }
}
