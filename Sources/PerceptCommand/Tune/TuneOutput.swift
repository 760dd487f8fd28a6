import Percept

/// The result of a tuning, for machines.
struct TuneOutput: Encodable {
  struct SampleStatistics: Encodable {
    let mean: Double
    let deviation: Double
    let standardError: Double
    let folds: [Double]

    init?(_ spread: Percept.SampleStatistics?, _ folds: [Double]) {
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
    let accuracy: SampleStatistics?
    let cost: SampleStatistics?
    let learningRates: [Double]
    let stableLearningRates: [Double]?
    let unstableFolds: Int
    let asGoodAsBest: Bool
  }

  struct Choice: Encodable {
    let settings: [String: String]
    let command: String
    /// Why it is recommended instead of the best.
    let reason: String?
  }

  let classes: [String]
  let images: Int
  let folds: Int
  let seed: UInt64
  let skipped: [SkippedOutput]
  let candidates: [Candidate]
  let best: Choice?
  let recommended: Choice?
  let figure: String?

  init(_ report: TuneReport, split: SplitOptions, figure: String?) {
    let training = report.training
    classes = training.classNames
    images = training.count
    folds = report.folds
    seed = split.seed
    skipped = training.skipped.map(SkippedOutput.init)
    func settings(_ trial: CrossValidationResult) -> [String: String] {
      Dictionary(uniqueKeysWithValues: report.point(trial).flags.map { (String($0.name.dropFirst(2)), $0.value) })
    }
    func choice(_ trial: CrossValidationResult, reason: String? = nil) -> Choice {
      Choice(settings: settings(trial), command: report.command(report.point(trial)), reason: reason)
    }
    candidates = report.trials.map { trial in
      let stable = trial.folds.compactMap(\.stableLearningRate)
      return Candidate(
        settings: settings(trial), diverged: trial.isDiverged,
        accuracy: SampleStatistics(trial.accuracy, trial.folds.map(\.accuracy)),
        cost: SampleStatistics(trial.cost, trial.folds.map(\.cost)), learningRates: trial.folds.map(\.learningRate),
        stableLearningRates: stable.isEmpty ? nil : stable, unstableFolds: trial.unstableFolds,
        asGoodAsBest: report.isAsGood(trial))
    }
    best = report.best.map { choice($0) }
    recommended = report.recommended.map { choice($0, reason: report.reason) }
    self.figure = figure
  }
}
