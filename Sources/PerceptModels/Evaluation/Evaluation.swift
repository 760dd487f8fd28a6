public import PerceptDatasets
import PerceptFeatures
import PerceptImages
import PerceptLinearAlgebra

/// The predictions of a classifier for labeled images, and the resulting score.
public struct Evaluation: Sendable {
  /// An image, its label, and the prediction.
  public struct Outcome: Sendable, Hashable {
    /// The image and its label.
    public let example: Example
    /// The prediction of the classifier.
    public let prediction: Prediction

    package init(example: Example, prediction: Prediction) {
      self.example = example
      self.prediction = prediction
    }

    /// Whether the predicted class is the label.
    public var isCorrect: Bool { prediction.label == example.label }
  }

  /// The images that the classifier is evaluated on.
  public let dataset: Dataset
  /// One outcome for each image, in the order of the dataset.
  public let outcomes: [Outcome]
  /// The number of correct predictions, compared with always answering the most frequent class.
  public let score: Score
  /// The number of images that the classifier was trained or validated on; nil if it is unknown. Unless it is 0, the
  /// accuracy overestimates that on new images; see ``Classifier/evaluateUnseen(in:)``.
  public let seenCount: Int?

  /// The names of the classes.
  public var classNames: [String] { dataset.classNames }

  package init(dataset: Dataset, outcomes: [Outcome], seenCount: Int? = nil) {
    self.seenCount = seenCount
    self.dataset = dataset
    self.outcomes = outcomes
    score = Score(
      correct: outcomes.count { $0.isCorrect }, classCounts: dataset.classCounts, classNames: dataset.classNames)
  }

  /// Returns the evaluation on the images at `indices`, in that order.
  package func subset(_ indices: [Int]) -> Evaluation {
    Evaluation(
      dataset: dataset.subset(indices), outcomes: indices.map { outcomes[$0] }, seenCount: seenCount == 0 ? 0 : nil)
  }

  /// The fraction of correct predictions, 0 … 1.
  public var accuracy: Double { score.accuracy }

  /// The 95 % confidence interval of ``accuracy``, for new images like these (Wilson).
  public var interval: ClosedRange<Double> { Proportion(score.correct, of: score.count).interval }

  /// The outcomes whose predicted class is not the label (called "mislabeled" in the article).
  public var misclassified: [Outcome] { outcomes.filter { !$0.isCorrect } }
}

extension Classifier {
  /// Throws ``ModelError`` if the class names or the preprocessing of a dataset differ from those of this classifier.
  public func check(fits dataset: Dataset) throws {
    guard dataset.preprocessing == preprocessing else {
      throw ModelError.otherPreprocessing(
        model: preprocessing.words, data: dataset.preprocessing.words)
    }
    guard dataset.classNames == classNames else {
      throw ModelError.classMismatch(model: classNames, data: dataset.classNames)
    }
  }

  /// Returns the prediction for each image, equal to the result of ``predict(_:)-(Image)``, with its label.
  ///
  /// - Throws: ``ModelError`` if the dataset is empty, or its class names or preprocessing differ; `FileError` if the cache
  ///   file of the dataset was changed by another process.
  public func evaluate(on dataset: Dataset) throws -> Evaluation {
    guard dataset.count > 0 else { throw ModelError.noExamples }
    try check(fits: dataset)
    let units = network.layers[network.layers.count - 1].bias.count
    let logits = dataset.map(Array(0..<dataset.count), width: units) { self.logits(dataset, $0) }
    let predictions = logits.map { Prediction(logits: $0, temperature: temperature) }
    try dataset.checkUnchanged()
    return Evaluation(
      dataset: dataset,
      outcomes: zip(dataset.examples, predictions).map { Evaluation.Outcome(example: $0, prediction: $1) },
      seenCount: seen.map { dataset.splits(in: $0).count { $0 != nil } })
  }

  private func logits(_ dataset: Dataset, _ examples: [Int]) -> [[Double]] {
    dataset.withRows { rows in
      network.logits(of: examples.map { UnsafeBufferPointer(start: rows[$0], count: dataset.featureCount) })
    }
  }
}

extension Preprocessing {
  /// The preprocessing in a message: `64 x 64 pixels, rgb, crop`.
  fileprivate var words: String {
    "\(size) pixels, \(color.rawValue), \(fit.rawValue)" + (extractor == .pixels ? "" : ", \(extractor.name) features")
  }
}
