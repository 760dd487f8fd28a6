package import PerceptDatasets
package import PerceptModels
import PerceptTraining

/// A review of the labels of a dataset: the probability of each label according to judges, models trained on other
/// images, as in ``CrossValidation``. If most labels are correct, the judges contradict a wrong label as long as they do
/// not overfit. Therefore, and for speed, they have no hidden layers, strong regularization, and at most 32 x 32 input
/// pixels.
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
  /// How often the labels agree with the judges, and with always answering the most frequent class.
  package let score: Score
  /// The number of wrong labels. It is nil if labels cannot be judged: if the judges are not significantly better than
  /// always answering the most frequent class, or make more than 2/3 as many errors.
  package let wrongLabels: LabelErrorEstimate?

  static let side = 32

  /// Reviews the labels of a dataset with at least two examples of every class. A fold keeps all examples of a group,
  /// such as a set of copies, together; otherwise a copy with the same wrong label in the training split would support
  /// that label. `progress` is called after each fold with the number of completed folds and the number of folds.
  /// Throws `DatasetError` if a class has fewer than two examples or groups; ``TrainingError`` if training fails.
  package init(
    _ dataset: Dataset, groupedBy group: ((Example) -> String)? = nil, seed: UInt64 = 0,
    progress: ((Int, Int) -> Void)? = nil
  ) throws {
    let small = try dataset.resized(toAtMost: Self.side)
    let validation = try CrossValidation(
      small, folds: Self.folds(for: small, groupedBy: group), groupedBy: group, seed: seed)
    let trainer = Trainer.stronglyRegularized(for: small)
    let start = Network(inputs: small.featureCount, classes: dataset.classNames.count)
    var outcomes: [Evaluation.Outcome] = []
    for (done, fold) in validation.folds.enumerated() {
      let run = try trainer.fit(start, to: fold.training)
      outcomes += try run.classifier.evaluate(on: fold.validation).outcomes
      progress?(done + 1, validation.folds.count)
    }
    self.init(outcomes, of: dataset)
  }

  /// Reviews the labels of a dataset with the judges' answers, in any order.
  private init(_ outcomes: [Evaluation.Outcome], of dataset: Dataset) {
    classNames = dataset.classNames
    let order = Dictionary(dataset.examples.enumerated().map { ($1.file, $0) }) { first, _ in first }
    doubts = outcomes.map(Doubt.init).sorted {
      ($0.probability, order[$0.example.file] ?? 0) < ($1.probability, order[$1.example.file] ?? 0)
    }
    let evaluation = Evaluation(dataset: dataset, outcomes: outcomes)
    score = evaluation.score
    let isConclusive =
      evaluation.verdict.finding == .better
      && 3 * (score.count - score.correct) <= 2 * (score.count - score.majorityCount)
    let judgments = outcomes.map(LabelErrorEstimate.Judgment.init)
    wrongLabels = isConclusive ? LabelErrorEstimate(judgments, classCount: dataset.classNames.count) : nil
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

extension LabelReview {
  /// How often the judges are right: `the judges are right on 93.1 % (always answering "cat": 50.1 %)`.
  package var judgesSentence: String {
    "the judges are right on \(percent(score.accuracy)) (always answering \"\(score.majorityClass)\": "
      + "\(percent(score.majority)))"
  }

  /// The number of wrong labels: `about 12 of 1399 labels are wrong (95 % interval 4 to 25)`. If labels cannot be judged,
  /// why not.
  package var sentence: String {
    guard let wrongLabels else {
      return "labels cannot be judged here: the judges are right on only \(percent(score.accuracy)) of the images "
        + "(always answering \"\(score.majorityClass)\": \(percent(score.majority)))"
    }
    let interval = wrongLabels.interval
    return "about \(wrongLabels.count) of \(score.count) labels \(wrongLabels.count == 1 ? "is" : "are") wrong "
      + "(95 % interval \(interval.lowerBound) to \(interval.upperBound))"
  }

  private func percent(_ share: Double) -> String { "\((1000 * share).rounded() / 10) %" }
}

extension LabelReview.Doubt {
  init(_ outcome: Evaluation.Outcome) {
    self.init(
      example: outcome.example, probability: outcome.prediction.probabilities[outcome.example.label],
      suggestion: outcome.prediction.label, suggestionProbability: outcome.prediction.probability)
  }
}

extension LabelErrorEstimate.Judgment {
  init(_ outcome: Evaluation.Outcome) {
    let (label, logits) = (outcome.prediction.label, outcome.prediction.logits)
    let other = logits.indices.filter { $0 != label }.reduce(-Double.infinity) { max($0, logits[$1]) }
    let confidence = logits.count == 1 ? abs(logits[0]) : logits[label] - other
    self.init(suggestion: label, confidence: confidence, isContradicted: !outcome.isCorrect)
  }
}
