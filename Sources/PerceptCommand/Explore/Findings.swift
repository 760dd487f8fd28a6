import Percept

struct Findings {
  let dataset: Dataset
  let duplicates: Duplicates
  /// The splits that the data assigns, in the order training, validation, test; empty if it is not split.
  let splits: [(split: Split, dataset: Dataset)]
  let leaks: [Leak]
  let outliers: [Outlier]
  let shortcutFeatures: [ShortcutFeature]
  let review: LabelReview?
  /// The reason why there is no review.
  let unjudged: String?

  /// The extractor whose features are judged and advised on.
  var extractor: FeatureExtractor { dataset.preprocessing.extractor }

  init(
    _ exploration: Exploration, _ dataset: Dataset, groupedBy group: ((Example) -> String)?, seed: UInt64,
    progress: ((Int, Int) -> Void)?
  ) throws {
    self.dataset = dataset
    splits = [Split.training, .validation, .test].compactMap { split in dataset.subset(split).map { (split, $0) } }
    duplicates = Duplicates(among: splits.isEmpty ? [dataset] : splits.map(\.dataset))
    leaks = Leak.all(between: splits, duplicates: duplicates, groupedBy: group)
    outliers = Outlier.all(in: exploration.images, of: dataset)
    shortcutFeatures = ShortcutFeature.all(in: exploration)
    // A copy in the training folds would support the label of an image even if the label is wrong.
    let together = duplicates.group(joining: group)
    do {
      (review, unjudged) = (try LabelReview(dataset, groupedBy: together, seed: seed, progress: progress), nil)
    } catch let error as DatasetError {
      (review, unjudged) = (nil, "\(error)")
    }
  }
}

extension LabelReview {
  /// Writes all images and their labels to a CSV file, the most doubtful labels first.
  func write(to path: String, replacing: Bool) throws {
    let isSplit = doubts.contains { $0.example.split != nil }
    let rows = try doubts.map { doubt in
      [try LabelFile.name(of: doubt.example.file, in: path), classNames[doubt.example.label]]
        + (isSplit ? [doubt.example.split?.rawValue ?? ""] : [])
        + [doubt.probability.fixed(4), classNames[doubt.suggestion], doubt.suggestionProbability.fixed(4)]
    }
    let header =
      ["file", "label"] + (isSplit ? ["split"] : []) + ["probability", "suggestion", "suggestion probability"]
    try FileSystem.write(Array(LabelFile.csv(header: header, rows).utf8), to: path, replacing: replacing)
  }
}
