import PerceptDatasets
import PerceptModels

// Candidates that differ only in the number of iterations share one training run, which is evaluated after each of
// these numbers of iterations.
extension CrossValidation {
  /// Groups indices of candidates that differ only in the number of iterations, in the order of their first ones.
  func sharedRuns(of candidates: [Candidate]) -> [[Int]] {
    var sharedRuns: [[Int]] = []
    for (index, candidate) in candidates.enumerated() {
      if let sharedRun = sharedRuns.firstIndex(where: { candidates[$0[0]].differsOnlyInIterations(from: candidate) }) {
        sharedRuns[sharedRun].append(index)
      } else {
        sharedRuns.append([index])
      }
    }
    return sharedRuns
  }

  /// Returns the results of all folds, for candidates that differ only in the number of iterations, from one run for
  /// each fold. Nil if that would not save time, or not give results identical to those of separate runs.
  package func resultsOfSharedRun(_ sharedRun: [Candidate]) throws -> [[CrossValidationResult.Fold]]? {
    let counts = sharedRun.map(\.trainer.configuration.iterations)
    guard sharedRun.count > 1, let longest = sharedRun.max(by: { $0.iterations < $1.iterations }) else {
      return nil
    }
    var results: [[CrossValidationResult.Fold]] = Array(repeating: [], count: sharedRun.count)
    for fold in folds {
      guard let every = longest.trainer.interval(between: counts, of: longest.network, on: fold.training) else {
        return nil
      }
      let trainer = longest.trainer.validating(every: every)
      do {
        let run = try trainer.fit(
          trainer.scaled(longest.network, for: fold.training), to: fold.training, validation: fold.validation)
        let validation = run.classifier.record.validation ?? []
        for (index, count) in counts.enumerated() {
          // There is no validation result if the cost was not finite, or after the run diverged.
          guard let result = validation.first(where: { $0.iteration == count - 1 }) else { return nil }
          results[index].append(CrossValidationResult.Fold(run, accuracy: result.accuracy, cost: result.cost))
        }
      } catch TrainingError.diverged {
        // A shorter run might end before it diverges.
        return nil
      }
    }
    return results
  }
}

extension CrossValidation.Candidate {
  fileprivate var iterations: Int { trainer.configuration.iterations }

  /// Returns whether the candidates are equal except for the number of iterations.
  fileprivate func differsOnlyInIterations(from other: Self) -> Bool {
    var same = trainer
    same.configuration.iterations = other.iterations
    return same == other.trainer && network == other.network
  }
}

extension Trainer {
  /// Returns the validation interval, as in ``EarlyStopping/every``, of a run that has a validation result after each
  /// of several numbers of iterations. Nil if such a result could differ from that of a run with this number of
  /// iterations, or if validation would take longer than it saves: it takes about as long as a pass over all pixels,
  /// and the dual form makes only one such pass.
  fileprivate func interval(between counts: [Int], of network: Network, on dataset: Dataset) -> Int? {
    // Only a constant rate is independent of the number of iterations. L-BFGS may converge before the end.
    guard configuration.schedule == .constant, configuration.warmUp == 0, configuration.earlyStopping == nil,
      configuration.optimizer != .lbfgs
    else { return nil }
    guard configuration.isInBatches || form(for: network, on: dataset) == .primal else { return nil }
    let pass =
      configuration.isInBatches
      ? Self.iterations(epochs: 1, examples: dataset.count, batchSize: configuration.batchSize) : 1
    guard counts.allSatisfy({ $0 > 0 && $0 % pass == 0 }) else { return nil }
    let passes = counts.map { $0 / pass }
    let (longest, every) = (passes.max() ?? 0, passes.reduce(0, greatestCommonDivisor))
    let saved = passes.reduce(0, +) - longest
    return longest / every < saved ? every : nil
  }

  /// Returns a trainer that evaluates the validation split at an interval, and never stops early.
  fileprivate func validating(every interval: Int) -> Trainer {
    var copy = self
    copy.configuration.earlyStopping = EarlyStopping(
      patience: TrainingConfiguration.largestCount, every: interval)
    return copy
  }
}

private func greatestCommonDivisor(_ a: Int, _ b: Int) -> Int { b == 0 ? a : greatestCommonDivisor(b, a % b) }
