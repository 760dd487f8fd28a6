import PerceptDatasets
import PerceptFeatures
import PerceptImages
import PerceptTestSupport
import Testing

@Suite("Seen images")
struct SeenImagesTests {
  /// A dataset of one-pixel images with these levels. Equal levels have equal keys.
  func dataset(_ levels: [UInt8], split: Split? = nil) throws -> Dataset {
    try Dataset(
      features: levels.map { [$0] },
      examples: levels.indices.map { Example(file: "\($0)", label: $0 % 2, split: split) },
      classNames: ["a", "b"], preprocessing: Preprocessing(imageSize: 1, color: .gray))
  }

  @Test("an image is found in the split in which it was seen, and in the training split first")
  func splits() {
    let seen = SeenImages(training: [9, 3, 3, .max], validation: [0, 9])
    #expect(seen.training == [3, 3, 9, .max] && seen.validation == [0, 9])
    #expect([0, 3, 9, .max].map(seen.split) == [.validation, .training, .training, .training])
    #expect([1, 4, 10, .max - 1].allSatisfy { seen.split(of: $0) == nil })
    #expect(SeenImages(training: []).split(of: 0) == nil)
  }

  @Test("a union has a key as often as the set that has it most often")
  func union() {
    let (a, b) = (SeenImages(training: [1, 1, 5, 7]), SeenImages(training: [1, 5, 5, 8], validation: [2]))
    #expect(a.union(b) == SeenImages(training: [1, 1, 5, 5, 7, 8], validation: [2]))
    #expect(b.union(a) == a.union(b) && a.union(a) == a && a.union(SeenImages(training: [])) == a)
  }

  @Test("the training images of a set are found in their order, and copies no more often than they were seen")
  func trainingImages() throws {
    let seen = SeenImages(training: try dataset([7, 9, 7]), validation: try dataset([1]))
    let found = try dataset([1, 7, 2, 7, 7, 9]).trainingImages(of: seen)
    #expect(found.examples.map(\.file) == ["1", "3", "5"])
  }

  @Test("splits leave out copies of training images, and draw no test images that were seen earlier")
  func splitsWithoutCopies() throws {
    let whole = try dataset((0..<40).map { UInt8($0 / 2) })
    for seed in 0..<5 as Range<UInt64> {
      let splits = try DatasetSplits(of: whole, testFraction: 0.3, seed: seed, path: "data")
      let test = try #require(splits.test)
      #expect(test.count + splits.training.count + splits.copies.count == 40 && !splits.copies.isEmpty)
      #expect(test.splits(in: splits.seen).allSatisfy { $0 == nil })
      let again = try DatasetSplits(
        of: whole, testFraction: 0.3, excluding: splits.seen, seed: seed &+ 1, path: "data")
      let drawn = try #require(again.test)
      #expect(drawn.splits(in: splits.seen).allSatisfy { $0 == nil })
    }
  }

  @Test("keys do not depend on the preprocessing or on changes of the pixels")
  func keys() throws {
    let folder = try TemporaryFolder()
    try folder.addImages([("data/a", 3), ("data/b", 3)])
    let (small, large) = (
      try Dataset(imageFolder: folder.path("data"), preprocessing: Preprocessing(imageSize: 4)),
      try Dataset(imageFolder: folder.path("data"), preprocessing: Preprocessing(imageSize: 12, color: .gray))
    )
    let keys = (0..<6).map(small.key)
    #expect(Set(keys).count == 6 && (0..<6).map(large.key) == keys)
    #expect(try (0..<6).map(large.resized(toAtMost: 5).key) == keys)
    #expect(try small.examples.map { try Preprocessing.imageKey(at: $0.file) } == keys)
  }
}
