public import PerceptDatasets

extension Classifier {
  /// Divides a dataset into the images that this classifier has not seen and those that it was trained or validated on,
  /// each in the order of the dataset. Images are recognized by their keys (see `Dataset.key(of:)`): files that were
  /// renamed or moved are, files that were encoded again are not. O(n log m) for n images and m seen ones.
  ///
  /// - Returns: both parts; nil if it is unknown which images the classifier has seen.
  public func partition(_ dataset: Dataset) -> (unseen: Dataset, seen: Dataset)? {
    seen.map { dataset.partition(by: $0) }
  }

  /// Evaluates this classifier on the images of a dataset that it has not seen.
  ///
  /// - Throws: ``ModelError`` if the dataset is empty, or its class names or preprocessing differ.
  public func evaluateUnseen(in dataset: Dataset) throws -> UnseenEvaluation {
    try evaluateUnseen(in: dataset, and: nil)
  }

  /// Evaluates this classifier on the images that neither it nor another classifier, if any, has seen.
  package func evaluateUnseen(in dataset: Dataset, and other: Classifier?) throws -> UnseenEvaluation {
    guard dataset.count > 0 else { throw ModelError.noExamples }
    try check(fits: dataset)
    return try UnseenEvaluation(of: dataset, records: [seen] + (other.map { [$0.seen] } ?? [])) { rows in
      try evaluate(on: dataset.subset(rows))
    }
  }
}

/// The evaluation of a classifier on those images of a dataset that it has not seen. The accuracy on images that a
/// classifier was trained or validated on overestimates the accuracy on new images.
public struct UnseenEvaluation: Sendable {
  /// The dataset, including the seen images.
  public private(set) var dataset: Dataset
  /// The evaluation without the images that are known to be seen; nil if all are.
  public private(set) var evaluation: Evaluation?
  /// The images that are left out, because they are known to be seen.
  package private(set) var seenImages: Dataset
  private let trainingCount: Int
  private let modelCount: Int
  /// Whether all models have a record of the images that they have seen.
  private var isComplete: Bool

  /// `records` are those of the models, nil if a model has none. `evaluate` gets the rows of the unseen images.
  fileprivate init(of dataset: Dataset, records: [SeenImages?], evaluate: ([Int]) throws -> Evaluation) rethrows {
    let seen = records.reduce(SeenImages(training: [])) { union, record in record.map(union.union) ?? union }
    let splits = dataset.splits(in: seen)
    let unseen = splits.indices.filter { splits[$0] == nil }
    self.dataset = dataset
    evaluation = unseen.isEmpty ? nil : try evaluate(unseen)
    seenImages = dataset.subset(splits.indices.filter { splits[$0] != nil })
    trainingCount = splits.count { $0 == .training }
    modelCount = records.count
    isComplete = records.allSatisfy { $0 != nil }
  }

  /// Takes the outcomes of unseen images from an evaluation of a classifier.
  package init(_ evaluation: Evaluation, of classifier: Classifier) {
    self.init(of: evaluation.dataset, records: [classifier.seen], evaluate: evaluation.subset)
  }

  /// Returns the same evaluation, if models without a record are known not to have seen the other images.
  package var assumedUnseen: UnseenEvaluation {
    var copy = self
    copy.isComplete = true
    return copy
  }

  /// Returns the evaluation without some files of the dataset.
  package func leavingOut(_ files: Set<String>) -> UnseenEvaluation {
    func kept(_ dataset: Dataset) -> [Int] {
      dataset.examples.indices.filter { !files.contains(dataset.examples[$0].file) }
    }
    var copy = self
    (copy.dataset, copy.seenImages) = (dataset.subset(kept(dataset)), seenImages.subset(kept(seenImages)))
    copy.evaluation = evaluation.flatMap { evaluation in
      let rows = kept(evaluation.dataset)
      return rows.isEmpty ? nil : evaluation.subset(rows)
    }
    return copy
  }

  /// The numbers of images that the classifier was trained and validated on; nil if some of the others may be seen, too.
  public var seen: (training: Int, validation: Int)? {
    isComplete || evaluation == nil ? (trainingCount, leftOut - trainingCount) : nil
  }

  /// The evaluation, if it shows the accuracy on new images; nil if all images were seen, or if this is unknown.
  public var verified: Evaluation? { seen == nil ? nil : evaluation }

  /// The number of images that were left out.
  public var leftOut: Int { seenImages.count }

  /// What the evaluation leaves out and why, as a sentence; nil if nothing is left out.
  public var sentence: String? {
    let (models, were) = modelCount > 1 ? ("the models", "were") : ("the model", "was")
    guard let seen else {
      return "It is unknown which images \(models) \(were) trained on, so the accuracy on new images is unknown."
    }
    guard leftOut > 0 else { return nil }
    let purpose = seen.validation == 0 ? "trained" : seen.training == 0 ? "validated" : "trained or validated"
    guard evaluation == nil else {
      return "Left out \(leftOut) of \(dataset.count) images that \(models) \(were) \(purpose) on."
    }
    return
      "T\(models.dropFirst()) \(were) \(purpose) on all \(counted(leftOut, "image")), so the accuracy on new images "
      + "is unknown."
  }
}
