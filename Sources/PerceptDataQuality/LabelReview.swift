public import PerceptDatasets
import PerceptModels
import PerceptTraining

/// Pictures whose labels are contradicted by what a neuron makes of them that has learned from the others.
///
/// Every picture is judged by neurons that have not seen it, in ``CrossValidation``. A wrong label among many right ones is
/// contradicted, as long as the neuron cannot learn it by heart; so it has a strong penalty, and sees pictures at 32 x 32 at most,
/// where it is also fast.
public struct LabelReview: Sendable {
  /// A picture and what speaks for its label.
  public struct Doubt: Sendable, Hashable {
    /// The picture and its label.
    public let example: Example
    /// The probability of its label, 0 … 1.
    public let probability: Double
    /// The class that is most probable.
    public let suggestion: Int
    /// The probability of that class.
    public let suggestionProbability: Double

    /// Whether another class is more probable than its label.
    public var isContradicted: Bool { suggestion != example.label }
  }

  /// The names of the classes.
  public let classNames: [String]
  /// All pictures, the one whose label is the least probable first.
  public let doubts: [Doubt]

  /// The largest side that the neuron sees.
  static let side = 32

  /// Judges all pictures of a dataset.
  ///
  /// - Parameters:
  ///   - dataset: two examples of every class, or more.
  ///   - group: what examples have in common that must not stand on both sides, such as being the same picture; nil where each
  ///     stands for itself.
  ///   - seed: what the folds start from.
  ///   - progress: called with how many folds are done and how many there are.
  /// - Throws: `DatasetError` when a class has not even two examples, or examples in two groups; ``TrainingError``.
  public init(
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

  /// The pictures for which another class is more probable than their label, the least probable label first.
  public var contradicted: [Doubt] { doubts.filter(\.isContradicted) }

  /// Ten folds, five or three where there are many pictures, fewer where a class has fewer examples or groups.
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
