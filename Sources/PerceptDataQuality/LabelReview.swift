package import PerceptDatasets
import PerceptModels
import PerceptTraining

/// A review of the labels of a dataset: the probability of each label according to a model trained on other images, as
/// in ``CrossValidation``. If most labels are correct, the model contradicts a wrong label as long as it does not
/// overfit. Therefore, and for speed, it has no hidden layers, strong regularization, and at most 32 x 32 input pixels.
package struct LabelReview: Sendable {
  package struct Doubt: Sendable, Hashable {
    package let example: Example
    /// The probability of the label, 0 ... 1.
    package let probability: Double
    /// The index of the most probable class.
    package let suggestion: Int
    package let suggestionProbability: Double

    /// Whether another class is more probable than the label.
    package var isContradicted: Bool { suggestion != example.label }
  }

  package let classNames: [String]
  /// All images, in ascending order of the probability of their labels.
  package let doubts: [Doubt]

  static let side = 32

  /// Reviews the labels of a dataset with at least two examples of every class. A fold keeps all examples of a group,
  /// such as a set of copies, together; otherwise a copy with the same wrong label in the training split would support
  /// that label. `progress` is called after each fold with the number of completed folds and the number of folds.
  /// Throws `DatasetError` if a class has fewer than two examples or groups; ``TrainingError`` if training fails.
  package init(
    _ dataset: Dataset, groupedBy group: ((Example) -> String)? = nil, seed: UInt64 = 0,
    progress: ((Int, Int) -> Void)? = nil
  ) throws {
    classNames = dataset.classNames
    let small = try dataset.resized(toAtMost: Self.side)
    let validation = try CrossValidation(
      small, folds: Self.folds(for: small, groupedBy: group), groupedBy: group, seed: seed)
    let trainer = Trainer.stronglyRegularized(for: small)
    let start = Network(inputs: small.featureCount, classes: classNames.count)
    var doubts: [Doubt] = []
    for (done, fold) in validation.folds.enumerated() {
      let run = try trainer.fit(start, to: fold.training)
      doubts += try run.classifier.evaluate(on: fold.validation).outcomes.map(Doubt.init)
      progress?(done + 1, validation.folds.count)
    }
    let order = Dictionary(dataset.examples.enumerated().map { ($1.file, $0) }) { first, _ in first }
    self.doubts = doubts.sorted {
      ($0.probability, order[$0.example.file] ?? 0) < ($1.probability, order[$1.example.file] ?? 0)
    }
  }

  package var contradicted: [Doubt] { doubts.filter(\.isContradicted) }

  /// Returns the number of folds: 10, 5 above 2000 images, 3 above 20,000; fewer if a class has fewer examples or
  /// groups, but at least 2.
  private static func folds(for dataset: Dataset, groupedBy group: ((Example) -> String)?) -> Int {
    var groups = Array(repeating: Set<String>(), count: dataset.classNames.count)
    for (row, example) in dataset.examples.enumerated() {
      groups[example.label].insert(group?(example) ?? "\(row)")
    }
    return max(2, min(dataset.count > 20_000 ? 3 : dataset.count > 2000 ? 5 : 10, groups.map(\.count).min() ?? 0))
  }
}

extension LabelReview.Doubt {
  init(_ outcome: Evaluation.Outcome) {
    self.init(
      example: outcome.example, probability: outcome.prediction.probabilities[outcome.example.label],
      suggestion: outcome.prediction.label, suggestionProbability: outcome.prediction.probability)
  }
}
