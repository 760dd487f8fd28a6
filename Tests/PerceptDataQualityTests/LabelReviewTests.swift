import PerceptDataQuality
import PerceptDatasets
import PerceptFeatures
import PerceptImages
import PerceptLinearAlgebra
import PerceptModels
import PerceptTestSupport
import PerceptTraining
import Testing

@Suite("Label review")
struct LabelReviewTests {
  /// Returns the two-class dataset with `count` random labels flipped, and the files of those.
  func planted(_ dataset: Dataset, count: Int, seed: UInt64) throws -> (dataset: Dataset, files: Set<String>) {
    var generator = SeededGenerator(seed: seed)
    let wrong = Set(dataset.examples.indices.shuffled(using: &generator).prefix(count))
    let examples = dataset.examples.enumerated().map { row, example in
      Example(file: example.file, label: wrong.contains(row) ? 1 - example.label : example.label)
    }
    let data = try Dataset(
      features: dataset.examples.indices.map { row in dataset.withFeatures(of: row) { Array($0) } },
      examples: examples, classNames: dataset.classNames, preprocessing: dataset.preprocessing)
    return (data, Set(wrong.map { dataset.examples[$0].file }))
  }

  @Test("wrong labels of separable images come first, with the right class as suggestion")
  func generated() throws {
    let features = (0..<60).map { TestImages.sided($0 % 2, seed: UInt64($0), side: 12).pixels }
    let examples = (0..<60).map { Example(file: "\($0)", label: $0 % 2) }
    let whole = try Dataset(
      features: features, examples: examples, classNames: ["a", "b"], preprocessing: Preprocessing(imageSize: 12))
    let (data, files) = try planted(whole, count: 4, seed: 1)
    let review = try LabelReview(data, seed: 1)
    #expect(Set(review.doubts.prefix(4).map(\.example.file)) == files && review.doubts.count == 60)
    #expect(review.doubts.prefix(4).allSatisfy { $0.isContradicted && $0.suggestion == 1 - $0.example.label })
    #expect(zip(review.doubts, review.doubts.dropFirst()).allSatisfy { $0.probability <= $1.probability })
    #expect(try LabelReview(data, seed: 1).doubts == review.doubts)
    let wrong = try #require(review.wrongLabels)
    #expect(wrong.interval.contains(4) && (2...6).contains(wrong.count) && wrong.interval.upperBound < 10, "\(wrong)")
    #expect(review.score.correct == 60 - review.contradicted.count && review.score.majorityCount <= 34)
    #expect(review.sentence.hasPrefix("about \(wrong.count) of 60 labels are wrong (95 % interval "))
    #expect(try LabelReview(data, seed: 1).wrongLabels == wrong)
  }

  @Test("labels that have nothing to do with the images cannot be judged")
  func unrelated() throws {
    let features = (0..<60).map { TestImages.photo(seed: UInt64($0), width: 12, height: 12).pixels }
    let examples = (0..<60).map { Example(file: "\($0)", label: $0 % 2) }
    let data = try Dataset(
      features: features, examples: examples, classNames: ["a", "b"], preprocessing: Preprocessing(imageSize: 12))
    let review = try LabelReview(data, seed: 1)
    #expect(review.wrongLabels == nil && review.doubts.count == 60 && review.score.majorityCount == 30)
    #expect(review.sentence.hasPrefix("labels cannot be judged here: the judges are right on only "))
    #expect(review.sentence.hasSuffix(" of the images (always answering \"a\": 50.0 %)"))
  }

  @Test("grouping copies keeps them from supporting a wrong label of each other")
  func groups() throws {
    let features = (0..<40).map { TestImages.sided($0 % 2, seed: UInt64($0), side: 12).pixels }
    let examples =
      (0..<40).map { Example(file: "\($0)", label: $0 % 2) } + (0..<8).map { Example(file: "copy\($0)", label: 1) }
    let data = try Dataset(
      features: features + Array(repeating: features[0], count: 8), examples: examples, classNames: ["a", "b"],
      preprocessing: Preprocessing(imageSize: 12))
    func probability(groupedBy group: ((Example) -> String)?) throws -> Double {
      try LabelReview(data, groupedBy: group).doubts.first { $0.example.file == "copy3" }?.probability ?? 1
    }
    let apart = try probability { $0.file == "0" || $0.file.hasPrefix("copy") ? "same" : $0.file }
    #expect(try apart < probability(groupedBy: nil))
  }

  @Test(
    "of 5 wrong labels of London faces, at least 4 are among the first 10 and 5 is in the interval, in 9 of 10 draws",
    .enabled(if: SharedData.isPresent))
  func london() throws {
    let whole = try Dataset(imageFolder: SharedData.path("london_neutral"))
    let reviews = try (0..<10 as Range<UInt64>).map { seed in
      let (data, files) = try planted(whole, count: 5, seed: seed)
      return (review: try LabelReview(data, seed: seed), files: files)
    }
    let found = reviews.map { review, files in
      review.doubts.prefix(10).count { files.contains($0.example.file) }
    }
    #expect(found.count { $0 >= 4 } >= 9, "\(found)")
    let estimates = reviews.map { $0.review.wrongLabels }
    #expect(estimates.count { $0?.interval.contains(5) ?? false } >= 9, "\(estimates)")
  }

  @Test("the article's 100 photos cannot be judged", .enabled(if: SharedData.isPresent))
  func celebrities() throws {
    let data = try Dataset(imageFolder: SharedData.path("celeb100/train"))
    #expect(try LabelReview(data).wrongLabels == nil)
  }
}
