import PerceptCluster
package import PerceptDatasets
package import PerceptModels

/// A k-fold cross-validation of candidates: for each fold, a network is trained on the other k - 1 folds and evaluated
/// on it.
package struct CrossValidation: Sendable {
  /// A trainer and a network to evaluate.
  package struct Candidate: Sendable {
    package let trainer: Trainer
    /// The untrained network. Its weights apply to features as the trainer scales them.
    package let network: Network

    package init(_ trainer: Trainer, from network: Network) {
      self.trainer = trainer
      self.network = network
    }
  }

  package let folds: [(training: Dataset, validation: Dataset)]

  /// Creates the folds of a dataset, which should not contain the test split of the final model. A fold keeps all
  /// examples of a group together; if `group` is nil, each example is its own group. Throws `DatasetError` if a class
  /// has fewer examples, or examples in fewer groups, than there are folds.
  package init(
    _ dataset: Dataset, folds count: Int = 5, groupedBy group: ((Example) -> String)? = nil, seed: UInt64 = 0
  ) throws {
    folds = try dataset.folds(count, groupedBy: group, seed: seed)
  }

  /// Returns the results of candidates, the best first: by mean accuracy, then by mean cost; those that diverged are
  /// last. Candidates that differ only in the number of iterations share training runs if the results are identical.
  /// `progress` receives the numbers of completed and of all candidates. In a cluster, ranks train different candidates.
  package func results(of candidates: [Candidate], progress: ((Int, Int) -> Void)? = nil) throws
    -> [CrossValidationResult]
  {
    let (runs, ranks) = (sharedRuns(of: candidates), Cluster.current?.count ?? 1)
    var done = 0
    let results = try Cluster.spread(runs.count) { run -> [Double] in
      let shared = try resultsOfSharedRun(runs[run].map { candidates[$0] })
      return try runs[run].enumerated().flatMap { position, index in
        let folds = try shared?[position] ?? foldResults(of: candidates[index])
        done += ranks
        progress?(min(done, candidates.count), candidates.count)
        return [Double(folds.count)] + folds.flatMap(\.numbers)
      }
    }
    return zip(runs, results).flatMap { run, numbers in
      var rest = numbers[...]
      return run.map { index in
        let count = Int(rest.removeFirst())
        let folds = (0..<count).map { _ in CrossValidationResult.Fold(numbers: &rest) }
        return CrossValidationResult(candidate: index, folds: folds.allSatisfy(\.cost.isFinite) ? folds : [])
      }
    }.sorted()
  }

  /// Returns the result of a candidate on each fold; an empty list if it diverges on one.
  private func foldResults(of candidate: Candidate) throws -> [CrossValidationResult.Fold] {
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
          run, accuracy: evaluation.accuracy, cost: evaluation.cost(trainer.configuration.loss))
      }
    } catch TrainingError.diverged {
      return []
    }
  }
}

extension CrossValidationResult.Fold {
  /// The result as numbers, to send it to other ranks. A rate is never 0, which stands for an unknown one.
  fileprivate var numbers: [Double] { [accuracy, cost, learningRate, stableLearningRate ?? 0] }

  /// Removes ``numbers`` from the start of a list.
  fileprivate init(numbers: inout ArraySlice<Double>) {
    let own = Array(numbers.prefix(4))
    numbers.removeFirst(4)
    self.init(accuracy: own[0], cost: own[1], learningRate: own[2], stableLearningRate: own[3] == 0 ? nil : own[3])
  }

  init(_ run: TrainingRun, accuracy: Double, cost: Double) {
    self.init(
      accuracy: accuracy, cost: cost, learningRate: run.learningRate, stableLearningRate: run.stableLearningRate)
  }
}
