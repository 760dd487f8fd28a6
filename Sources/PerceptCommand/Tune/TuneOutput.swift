import Percept

/// The result of a tuning, for machines.
struct TuneOutput: Encodable {
  struct Spread: Encodable {
    let mean: Double
    let deviation: Double
    let standardError: Double
    let folds: [Double]

    init?(_ spread: Percept.Spread?, _ folds: [Double]) {
      guard let spread else { return nil }
      mean = spread.mean
      deviation = spread.deviation
      standardError = spread.standardError
      self.folds = folds
    }
  }

  struct Candidate: Encodable {
    let settings: [String: String]
    let diverged: Bool
    let accuracy: Spread?
    let cost: Spread?
    let learningRates: [Double]
    let stableLearningRates: [Double]?
    let unstableFolds: Int
    let asGoodAsBest: Bool
  }

  let classes: [String]
  let images: Int
  let folds: Int
  let seed: UInt64
  let skipped: [SkippedOutput]
  let candidates: [Candidate]
  let command: String?
  let figure: String?

  init(_ report: TuneReport, training: Dataset, split: SplitOptions, figure: String?) {
    classes = training.classNames
    images = training.count
    folds = report.folds
    seed = split.seed
    skipped = training.skipped.map(SkippedOutput.init)
    candidates = report.trials.map { trial in
      let stable = trial.folds.compactMap(\.stableLearningRate)
      return Candidate(
        settings: Dictionary(
          uniqueKeysWithValues: report.grid.points[trial.candidate].flags.map {
            (String($0.name.dropFirst(2)), $0.value)
          }),
        diverged: trial.isDiverged, accuracy: Spread(trial.accuracy, trial.folds.map(\.accuracy)),
        cost: Spread(trial.cost, trial.folds.map(\.cost)), learningRates: trial.folds.map(\.learningRate),
        stableLearningRates: stable.isEmpty ? nil : stable, unstableFolds: trial.unstableFolds,
        asGoodAsBest: report.isAsGood(trial))
    }
    command = report.command
    self.figure = figure
  }
}
