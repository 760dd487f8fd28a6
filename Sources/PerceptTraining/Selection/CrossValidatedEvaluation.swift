public import PerceptDatasets
public import PerceptModels

/// How well a way to train does on data, whichever pictures happen to be kept for testing: the pictures are dealt into folds, and
/// each is answered by a network that has learned from the other folds only. Where that is repeated, they are dealt anew.
///
/// It judges the way to train, not one model. Trainings share most of their pictures, so what the folds say is not independent.
public struct CrossValidatedEvaluation: Sendable {
  /// The answers for all pictures, in the order of the dataset: one evaluation a repeat.
  public let repeats: [Evaluation]
  /// The score of every fold: those of the first repeat, then those of the next.
  public let folds: [Score]
  /// In how many of the trainings the cost rose for good, so that the best weights before that answered.
  public let divergedCount: Int

  /// Trains and judges.
  ///
  /// - Parameters:
  ///   - dataset: examples of every class.
  ///   - count: how many folds, at least 2.
  ///   - repeats: how often pictures are dealt, at least 1.
  ///   - group: what examples have in common that must not stand on both sides; nil where each stands for itself.
  ///   - seed: what dealing starts from.
  ///   - progress: called with how many trainings are done and how many there are.
  ///   - train: learns from a part of the dataset, with a seed that differs from repeat to repeat.
  /// - Throws: `DatasetError` when a class has fewer examples, or examples in fewer groups, than there are folds; what `train`
  ///   throws.
  public init(
    _ dataset: Dataset, folds count: Int = 10, repeats: Int = 1, groupedBy group: ((Example) -> String)? = nil,
    seed: UInt64 = 0, progress: ((Int, Int) -> Void)? = nil, train: (Dataset, UInt64) throws -> TrainingRun
  ) throws {
    precondition(repeats >= 1, "pictures are dealt at least once")
    var (evaluations, scores, diverged) = ([Evaluation](), [Score](), 0)
    for index in 0..<repeats {
      let seed = seed &+ UInt64(index)
      let places = try dataset.foldPlaces(count, groupedBy: group, seed: seed)
      var outcomes = [Evaluation.Outcome?](repeating: nil, count: dataset.count)
      for fold in 0..<count {
        let rows = places.indices.filter { places[$0] == fold }
        let run = try train(dataset.subset(places.indices.filter { places[$0] != fold }), seed)
        let evaluation = try run.classifier.evaluate(on: dataset.subset(rows))
        for (row, outcome) in zip(rows, evaluation.outcomes) { outcomes[row] = outcome }
        scores.append(evaluation.score)
        diverged += run.divergence == nil ? 0 : 1
        progress?(scores.count, repeats * count)
      }
      evaluations.append(Evaluation(dataset: dataset, outcomes: outcomes.compactMap(\.self)))
    }
    (self.repeats, folds, divergedCount) = (evaluations, scores, diverged)
  }

  /// How many of the pictures were answered rightly, on average over the repeats, rounded. A picture that was answered in every
  /// repeat is still one picture, so its interval is that of the pictures.
  public var score: Score {
    var score = repeats[0].score
    score.correct = Self.mean(repeats.map(\.score.correct))
    return score
  }

  /// What that proves, compared with always answering the most frequent class: on average over the repeats, rounded.
  public var verdict: Verdict {
    let verdicts = repeats.map(\.verdict)
    let comparison = PairedComparison(
      onlyFirst: Self.mean(verdicts.map(\.comparison.onlyFirst)),
      onlySecond: Self.mean(verdicts.map(\.comparison.onlySecond)), count: verdicts[0].comparison.count)
    return Verdict(
      accuracy: Proportion(score.correct, of: score.count), baseline: verdicts[0].baseline,
      majorityClass: verdicts[0].majorityClass, comparison: comparison)
  }

  /// All answers of all repeats, as one evaluation.
  public var answers: Evaluation {
    let dataset = repeats[0].dataset
    return Evaluation(
      dataset: dataset.subset(repeats.flatMap { _ in 0..<dataset.count }), outcomes: repeats.flatMap(\.outcomes))
  }

  private static func mean(_ counts: [Int]) -> Int {
    Int((Double(counts.reduce(0, +)) / Double(counts.count)).rounded())
  }
}
