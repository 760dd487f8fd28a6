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
    guard dataset.count > 0 else { throw ModelError.noExamples }
    guard let seen, let parts = partition(dataset) else {
      return UnseenEvaluation(of: dataset, evaluation: try evaluate(on: dataset), seen: nil)
    }
    try check(fits: dataset)
    let splits = parts.seen.examples.indices.map { seen.split(of: parts.seen.key(of: $0)) }
    let counts = (splits.count { $0 == .training }, splits.count { $0 == .validation })
    return UnseenEvaluation(
      of: dataset, evaluation: parts.unseen.count > 0 ? try evaluate(on: parts.unseen) : nil, seen: counts)
  }
}

/// The evaluation of a classifier on those images of a dataset that it has not seen. The accuracy on images that a
/// classifier was trained or validated on overestimates the accuracy on new images.
public struct UnseenEvaluation: Sendable {
  /// The dataset, including the seen images.
  public let dataset: Dataset
  /// The evaluation on the unseen images, or on all images if it is unknown which were seen; nil if all were seen.
  public let evaluation: Evaluation?
  /// The numbers of images that the classifier was trained and validated on; nil if they are unknown.
  public let seen: (training: Int, validation: Int)?

  /// Whether the sentence is about several models, and an image counts as seen if one of them has seen it.
  package var isAboutSeveralModels = false

  init(of dataset: Dataset, evaluation: Evaluation?, seen: (training: Int, validation: Int)?) {
    (self.dataset, self.evaluation, self.seen) = (dataset, evaluation, seen)
  }

  /// Returns the same evaluation, if further images may have been seen.
  package var withUnknownSeenImages: UnseenEvaluation {
    UnseenEvaluation(of: dataset, evaluation: evaluation, seen: nil)
  }

  /// Takes the outcomes of unseen images from an evaluation of a classifier.
  package init(_ evaluation: Evaluation, of classifier: Classifier) {
    let dataset = evaluation.dataset
    let splits = classifier.seen.map { seen in dataset.examples.indices.map { seen.split(of: dataset.key(of: $0)) } }
    let unseen = splits.map { splits in splits.indices.filter { splits[$0] == nil } }
    self.init(
      of: dataset,
      evaluation: unseen.map { $0.isEmpty ? nil : evaluation.subset($0) } ?? evaluation,
      seen: splits.map { splits in (splits.count { $0 == .training }, splits.count { $0 == .validation }) })
  }

  /// Returns the same evaluation, for a classifier that is known not to have seen the images.
  package var assumedUnseen: UnseenEvaluation {
    UnseenEvaluation(of: dataset, evaluation: evaluation, seen: seen ?? (0, 0))
  }

  /// The evaluation, if it shows the accuracy on new images; nil if all images were seen, or if this is unknown.
  public var verified: Evaluation? { seen == nil ? nil : evaluation }

  /// The number of images that were left out.
  public var leftOut: Int { seen.map { $0.training + $0.validation } ?? 0 }

  /// What the evaluation leaves out and why, as a sentence; nil if nothing is left out.
  public var sentence: String? {
    let (models, were) = isAboutSeveralModels ? ("the models", "were") : ("the model", "was")
    guard let seen else {
      return "It is unknown which images \(models) \(were) trained on, so the accuracy on new images is unknown."
    }
    guard leftOut > 0 else { return nil }
    let images = leftOut == dataset.count ? "all \(counted(leftOut, "image"))" : "\(leftOut) of \(dataset.count) images"
    let purpose =
      seen.validation == 0 ? "trained" : seen.training == 0 ? "validated" : "trained or validated"
    return leftOut == dataset.count
      ? "T\(models.dropFirst()) \(were) \(purpose) on \(images), so the accuracy on new images is unknown."
      : "Left out \(images) that \(models) \(were) \(purpose) on."
  }
}
