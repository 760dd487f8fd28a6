public import PerceptDatasets
public import PerceptModels

/// Judges settings on pictures that they were not trained on: for each of k folds, a network learns from the other k - 1.
public struct CrossValidation: Sendable {
  /// Settings to be judged.
  public struct Candidate: Sendable {
    /// How it learns.
    public let trainer: Trainer
    /// Where it starts, with weights for features as the trainer scales them.
    public let network: Network

    /// A candidate.
    ///
    /// - Parameters:
    ///   - trainer: how it learns.
    ///   - network: where it starts, before any training.
    public init(_ trainer: Trainer, from network: Network) {
      self.trainer = trainer
      self.network = network
    }
  }

  /// What is trained on and judged on in turn.
  public let folds: [(training: Dataset, validation: Dataset)]

  /// Folds of a dataset, which should not hold the pictures that judge the final model.
  ///
  /// - Parameters:
  ///   - dataset: examples of every class.
  ///   - count: how many folds, at least 2.
  ///   - group: what examples have in common that must not stand on both sides.
  ///   - seed: the same seed draws the same folds.
  /// - Throws: `DatasetError` when a class has fewer examples, or examples in fewer groups, than there are folds.
  public init(
    _ dataset: Dataset, folds count: Int = 5, groupedBy group: ((Example) -> String)? = nil, seed: UInt64 = 0
  ) throws {
    folds = try dataset.folds(count, groupedBy: group, seed: seed)
  }

  /// Judges candidates, one after another; those that differ in nothing but their iterations are one training where that gives
  /// the same numbers.
  ///
  /// - Parameters:
  ///   - candidates: settings.
  ///   - progress: called with how many are done and how many there are.
  /// - Returns: how each did, the best first: by mean accuracy, then by mean cost, those that diverged last.
  /// - Throws: ``TrainingError`` when one cannot be trained for another reason than that it diverges.
  public func results(of candidates: [Candidate], progress: ((Int, Int) -> Void)? = nil) throws
    -> [CrossValidationResult]
  {
    var results: [CrossValidationResult] = []
    for sharedRun in sharedRuns(of: candidates) {
      let lookedAt = try resultsOfSharedRun(sharedRun.map { candidates[$0] })
      for (place, index) in sharedRun.enumerated() {
        let judged = try lookedAt?[place] ?? folds(judging: candidates[index])
        results.append(CrossValidationResult(candidate: index, folds: judged.allSatisfy(\.cost.isFinite) ? judged : []))
        progress?(results.count, candidates.count)
      }
    }
    return results.sorted()
  }

  /// How a candidate does on each fold; none where it diverges on one.
  private func folds(judging candidate: Candidate) throws -> [CrossValidationResult.Fold] {
    let trainer = candidate.trainer
    do {
      return try folds.map { fold in
        let run = try trainer.fit(trainer.scaled(candidate.network, for: fold.training), to: fold.training)
        guard run.divergence == nil else {
          throw TrainingError.diverged(
            iteration: run.costs.count, learningRate: run.learningRate, stable: run.stableLearningRate)
        }
        let evaluation = try run.classifier.evaluate(on: fold.validation)
        return CrossValidationResult.Fold(
          run, accuracy: evaluation.accuracy, cost: evaluation.cost(trainer.objective.loss))
      }
    } catch TrainingError.diverged {
      return []
    }
  }
}

extension CrossValidationResult.Fold {
  init(_ run: TrainingRun, accuracy: Double, cost: Double) {
    self.init(
      accuracy: accuracy, cost: cost, learningRate: run.learningRate, stableLearningRate: run.stableLearningRate)
  }
}
