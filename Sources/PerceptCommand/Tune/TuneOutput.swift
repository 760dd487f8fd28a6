import Percept

struct TuneOutput: Encodable {
  struct SampleStatistics: Encodable {
    let mean: Double
    let deviation: Double
    let standardError: Double
    let folds: [Double]

    init?(_ statistics: Percept.SampleStatistics?, _ folds: [Double]) {
      guard let statistics else { return nil }
      mean = statistics.mean
      deviation = statistics.deviation
      standardError = statistics.standardError
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
    /// The reason why it is recommended instead of the most accurate combination; missing if it is the most accurate.
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
  /// The CSV file with the drawn split; missing if there is none.
  let splitFile: String?

  init(_ report: TuneReport, split: SplitOptions, figure: String?) {
    splitFile = report.splitFile
    let training = report.training
    classes = training.classNames
    images = training.count
    folds = report.folds
    seed = split.seed
    skipped = training.skipped.map(SkippedOutput.init)
    func settings(_ result: CrossValidationResult) -> [String: String] {
      Dictionary(uniqueKeysWithValues: report.point(result).flags.map { (String($0.name.dropFirst(2)), $0.value) })
    }
    func choice(_ result: CrossValidationResult, reason: String? = nil) -> Choice {
      Choice(settings: settings(result), command: report.command(report.point(result)), reason: reason)
    }
    candidates = report.results.map { result in
      let stable = result.folds.compactMap(\.stableLearningRate)
      return Candidate(
        settings: settings(result), diverged: result.isDiverged,
        accuracy: SampleStatistics(result.accuracy, result.folds.map(\.accuracy)),
        cost: SampleStatistics(result.cost, result.folds.map(\.cost)), learningRates: result.folds.map(\.learningRate),
        stableLearningRates: stable.isEmpty ? nil : stable, unstableFolds: result.unstableFolds,
        asGoodAsBest: report.isAsGood(result))
    }
    best = report.best.map { choice($0) }
    recommended = report.recommended.map { choice($0, reason: report.reason) }
    self.figure = figure
  }
}
