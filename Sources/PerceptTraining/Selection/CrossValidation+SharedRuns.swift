import PerceptDatasets
import PerceptModels

/// Candidates that differ only in how long they learn are one training, looked at several times.
extension CrossValidation {
  /// The places of candidates, those that differ in nothing but their iterations together, in the order of the first.
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

  /// How the candidates of a course do on each fold, from one training a fold.
  ///
  /// - Returns: as many lists as candidates; nil where it would not save time, or not be the same to the last bit.
  /// - Throws: ``TrainingError`` when they cannot be trained.
  package func resultsOfSharedRun(_ sharedRun: [Candidate]) throws -> [[CrossValidationResult.Fold]]? {
    let counts = sharedRun.map(\.trainer.iterations)
    guard sharedRun.count > 1, let longest = sharedRun.max(by: { $0.trainer.iterations < $1.trainer.iterations }) else {
      return nil
    }
    var results: [[CrossValidationResult.Fold]] = Array(repeating: [], count: sharedRun.count)
    for fold in folds {
      guard let every = longest.trainer.interval(between: counts, of: longest.network, on: fold.training) else {
        return nil
      }
      let trainer = longest.trainer.looking(every: every)
      do {
        let run = try trainer.fit(
          trainer.scaled(longest.network, for: fold.training), to: fold.training, validation: fold.validation)
        let looks = run.classifier.record.validation ?? []
        for (place, count) in counts.enumerated() {
          // No look was taken where the cost was not finite, or after it diverged.
          guard let look = looks.first(where: { $0.iteration == count - 1 }) else { return nil }
          results[place].append(CrossValidationResult.Fold(run, accuracy: look.accuracy, cost: look.cost))
        }
      } catch TrainingError.diverged {
        // The shorter ones may have ended before.
        return nil
      }
    }
    return results
  }
}

extension CrossValidation.Candidate {
  fileprivate func differsOnlyInIterations(from other: Self) -> Bool {
    var same = trainer
    same.iterations = other.trainer.iterations
    return same == other.trainer && network == other.network
  }
}

extension Trainer {
  /// How often (as ``EarlyStopping/every`` counts) a training must be looked at, so that there is a look after each of several
  /// numbers of iterations.
  ///
  /// - Returns: nil where such a look shows something else than a training of so many iterations, or where looking would take
  ///   longer than it saves: a look takes about as long as a pass over all pixels. The dual form passes over them once, and
  ///   gains nothing.
  fileprivate func interval(between counts: [Int], of network: Network, on dataset: Dataset) -> Int? {
    // Only a constant rate does not depend on how much is to come; L-BFGS may be done before.
    guard schedule == Schedule(), stopping == nil, optimizer != .lbfgs else { return nil }
    guard isInBatches || form(for: network, on: dataset) == .primal else { return nil }
    let pass = isInBatches ? Self.iterations(epochs: 1, examples: dataset.count, batchSize: batchSize) : 1
    guard counts.allSatisfy({ $0 > 0 && $0 % pass == 0 }) else { return nil }
    let passes = counts.map { $0 / pass }
    let (longest, every) = (passes.max() ?? 0, passes.reduce(0, greatestCommonDivisor))
    let saved = passes.reduce(0, +) - longest
    return longest / every < saved ? every : nil
  }

  /// The same with looks at a validation part, which never stop it.
  fileprivate func looking(every interval: Int) -> Trainer {
    var copy = self
    copy.stopping = EarlyStopping(patience: .max, every: interval)
    return copy
  }
}

private func greatestCommonDivisor(_ a: Int, _ b: Int) -> Int { b == 0 ? a : greatestCommonDivisor(b, a % b) }
