public import PerceptDatasets
import PerceptLinearAlgebra

/// A classifier's answers for labelled pictures, and how right they are.
public struct Evaluation: Sendable {
  /// One picture, its label and the answer.
  public struct Outcome: Sendable, Hashable {
    /// The picture and its label.
    public let example: Example
    /// The classifier's answer.
    public let prediction: Prediction

    package init(example: Example, prediction: Prediction) {
      self.example = example
      self.prediction = prediction
    }

    /// Whether the answer is the label.
    public var isCorrect: Bool { prediction.label == example.label }
  }

  /// What was evaluated on.
  public let dataset: Dataset
  /// One outcome for each picture, in the order of the dataset.
  public let outcomes: [Outcome]
  /// How many were right, and how many the simplest answer would get right.
  public let score: Score

  /// The names of the classes.
  public var classNames: [String] { dataset.classNames }

  package init(dataset: Dataset, outcomes: [Outcome]) {
    self.dataset = dataset
    self.outcomes = outcomes
    score = Score(
      correct: outcomes.count { $0.isCorrect }, classCounts: dataset.classCounts, classNames: dataset.classNames)
  }

  /// The share of right answers, 0 … 1.
  public var accuracy: Double { score.accuracy }

  /// The outcomes whose answer is not the label (the article's "mislabeled").
  public var misclassified: [Outcome] { outcomes.filter { !$0.isCorrect } }
}

extension Classifier {
  /// Whether a dataset is made as this classifier takes it.
  ///
  /// - Parameter dataset: any pictures.
  /// - Throws: ``ClassificationError`` when class names or preprocessing differ.
  public func check(fits dataset: Dataset) throws {
    guard dataset.preprocessing == preprocessing else {
      throw ModelError.otherPreprocessing(
        model: "\(preprocessing)", data: "\(dataset.preprocessing)")
    }
    guard dataset.classNames == classNames else {
      throw ModelError.classMismatch(model: classNames, data: dataset.classNames)
    }
  }

  /// The answers for every picture of a dataset, each computed exactly as ``predict(_:)-(Image)`` would.
  ///
  /// - Parameter dataset: has at least one picture, this classifier's class names and its preprocessing.
  /// - Returns: every answer beside its label.
  /// - Throws: ``ClassificationError`` when it is empty, or class names or preprocessing differ.
  public func evaluate(on dataset: Dataset) throws -> Evaluation {
    guard dataset.count > 0 else { throw ModelError.noExamples }
    try check(fits: dataset)
    let predictions = parallelMap(dataset.examples.indices, block: 256) { dataset.withFeatures(of: $0, predict) }
    return Evaluation(
      dataset: dataset,
      outcomes: zip(dataset.examples, predictions).map { Evaluation.Outcome(example: $0, prediction: $1) })
  }
}
