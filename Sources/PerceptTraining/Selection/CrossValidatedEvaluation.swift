import PerceptCluster
package import PerceptDatasets
package import PerceptModels

/// The evaluation of a training configuration by k-fold cross-validation, optionally repeated with other folds. Each
/// image is predicted by a model trained on the other folds, so the result does not depend on the choice of one test
/// split. It describes the training configuration, not a single model. The folds are not independent, because their
/// training splits share most of their images.
package struct CrossValidatedEvaluation: Sendable {
  /// The predictions for all images, in the order of the dataset: one evaluation for each repeat.
  package let repeats: [Evaluation]
  /// The score of each fold of the first repeat, followed by those of the next repeats.
  package let folds: [Score]
  /// The number of training runs that diverged. Their models have the weights with the lowest cost.
  package let divergedCount: Int

  /// Trains a model for each fold and evaluates it. Each repeat assigns the images to folds at random, by a seed that
  /// increases by 1 and that `train` receives. A fold keeps all examples of a group together; if `group` is nil, each
  /// example is its own group. `progress` receives the numbers of completed and of all training runs. Throws
  /// `DatasetError` if a class has fewer examples, or examples in fewer groups, than there are folds. In a cluster, ranks
  /// train the models of different folds.
  package init(
    _ dataset: Dataset, folds count: Int = 10, repeats: Int = 1, groupedBy group: ((Example) -> String)? = nil,
    seed: UInt64 = 0, progress: ((Int, Int) -> Void)? = nil, train: (Dataset, UInt64) throws -> TrainingRun
  ) throws {
    precondition(repeats >= 1, "repeats must be ≥ 1 (got \(repeats))")
    let places = try (0..<repeats).map {
      try dataset.foldPlaces(count, groupedBy: group, seed: seed &+ UInt64($0))
    }
    func rows(_ task: Int, inFold: Bool) -> [Int] {
      places[task / count].indices.filter { (places[task / count][$0] == task % count) == inFold }
    }
    // For each training run: whether it diverged, and the logits of the fold's images.
    let results = try Cluster.spread(repeats * count) { task -> [Double] in
      let run = try train(dataset.subset(rows(task, inFold: false)), seed &+ UInt64(task / count))
      let evaluation = try run.classifier.evaluate(on: dataset.subset(rows(task, inFold: true)))
      progress?(min(task + (Cluster.current?.count ?? 1), repeats * count), repeats * count)
      return [run.divergence == nil ? 0 : 1] + evaluation.outcomes.flatMap(\.prediction.logits)
    }
    var (scores, outcomes) = ([Score](), places.map { [Evaluation.Outcome?](repeating: nil, count: $0.count) })
    for (task, result) in results.enumerated() {
      let rows = rows(task, inFold: true)
      let units = (result.count - 1) / rows.count
      let own = rows.enumerated().map { place, row in
        Evaluation.Outcome(
          example: dataset.examples[row],
          prediction: Prediction(logits: Array(result[1 + place * units..<1 + (place + 1) * units])))
      }
      for (row, outcome) in zip(rows, own) { outcomes[task / count][row] = outcome }
      scores.append(Evaluation(dataset: dataset.subset(rows), outcomes: own).score)
    }
    self.repeats = outcomes.map { Evaluation(dataset: dataset, outcomes: $0.compactMap(\.self)) }
    (folds, divergedCount) = (scores, results.count { $0[0] != 0 })
  }

  /// The mean accuracy over the repeats, 0 … 1.
  package var accuracy: Double {
    Double(repeats.reduce(0) { $0 + $1.score.correct }) / Double(repeats.count * repeats[0].score.count)
  }

  /// The number of correct predictions, as the rounded mean over the repeats. The count remains the number of images,
  /// because repeats add no images, so the confidence interval is that of one repeat.
  package var score: Score {
    var score = repeats[0].score
    score.correct = Int((Double(repeats.reduce(0) { $0 + $1.score.correct }) / Double(repeats.count)).rounded())
    return score
  }

  /// The confusion matrix of the images, `confusion[label][prediction]`, as the mean over the repeats: repeats add no
  /// images. Each mean is rounded up or down, so that a row adds up to the number of images of its class, and the
  /// diagonal to the correct predictions of ``score``.
  package var confusion: [[Int]] {
    let sums = repeats.dropFirst().reduce(repeats[0].confusion) { sums, evaluation -> [[Int]] in
      zip(sums, evaluation.confusion).map { row, other in zip(row, other).map { $0 + $1 } }
    }
    let correct = means(of: sums.indices.map { sums[$0][$0] }, addingUpTo: score.correct)
    return sums.indices.map { label in
      var wrong = sums[label]
      wrong[label] = 0
      let count = sums[label].reduce(0, +) / repeats.count
      var row = means(of: wrong, addingUpTo: count - correct[label])
      row[label] = correct[label]
      return row
    }
  }

  /// The significance test against always answering the most frequent class, by the counts of ``confusion``.
  package var verdict: Verdict {
    let (score, counts, verdict) = (score, confusion, repeats[0].verdict)
    let majority = repeats[0].classNames.firstIndex(of: score.majorityClass) ?? 0
    let found = counts[majority][majority]
    return Verdict(
      accuracy: Proportion(score.correct, of: score.count), baseline: verdict.baseline,
      majorityClass: verdict.majorityClass,
      comparison: PairedComparison(
        onlyFirst: score.correct - found, onlySecond: score.majorityCount - found, count: score.count))
  }

  /// The predictions of all repeats as one evaluation, for rates such as recall and log loss. Its counts are not
  /// numbers of images; see ``confusion``.
  package var answers: Evaluation {
    let dataset = repeats[0].dataset
    return Evaluation(
      dataset: dataset.subset(repeats.flatMap { _ in 0..<dataset.count }), outcomes: repeats.flatMap(\.outcomes))
  }

  /// Divides sums over the repeats by the number of repeats. The means with the largest remainders are rounded up, the
  /// others down, so that they add up to `total`, which is the sum of the exact means, rounded up or down.
  private func means(of sums: [Int], addingUpTo total: Int) -> [Int] {
    var means = sums.map { $0 / repeats.count }
    let order = sums.indices.sorted { (sums[$0] % repeats.count, $1) > (sums[$1] % repeats.count, $0) }
    for index in order.prefix(total - means.reduce(0, +)) { means[index] += 1 }
    return means
  }
}
