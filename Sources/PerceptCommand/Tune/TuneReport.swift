import Percept

struct TuneReport {
  /// The results, the most accurate first.
  let results: [CrossValidationResult]
  let grid: TuningGrid
  let folds: Int
  /// The training split, which was cross-validated.
  let training: Dataset
  /// The recommended combination; nil if all diverged.
  let recommended: CrossValidationResult?
  /// A sentence with the reason why it is recommended instead of the most accurate; nil if it is the most accurate.
  let reason: String?
  /// The CSV file with the drawn split; nil if the data defines its splits.
  let splitFile: String?
  let command: (TuningGrid.Point) -> String

  init(
    _ results: [CrossValidationResult], of candidates: [CrossValidation.Candidate], by validation: CrossValidation,
    on training: Dataset, grid: TuningGrid, splitFile: String?, command: @escaping (TuningGrid.Point) -> String
  ) {
    self.results = results
    self.grid = grid
    self.training = training
    self.splitFile = splitFile
    self.command = command
    folds = validation.folds.count
    recommended = validation.recommendation(among: results, of: candidates)
    reason =
      if let recommended, recommended != results[0] {
        Self.reason(for: recommended, insteadOf: results[0]) { validation.complexity(of: candidates[$0.candidate]) }
      } else {
        nil
      }
  }

  /// The most accurate combination; nil if all diverged.
  var best: CrossValidationResult? { results.first.flatMap { $0.isDiverged ? nil : $0 } }

  func point(_ result: CrossValidationResult) -> TuningGrid.Point { grid.points[result.candidate] }

  /// Whether a result is the best or within one standard error of it, see `CrossValidationResult.isIndistinguishable(from:)`.
  func isAsGood(_ result: CrossValidationResult) -> Bool { best.map(result.isIndistinguishable) ?? false }

  /// Returns the first criterion by which the recommended combination is preferred to the best.
  private static func reason(
    for result: CrossValidationResult, insteadOf best: CrossValidationResult,
    complexity: (CrossValidationResult) -> Complexity
  ) -> String {
    if result.unstableFolds == 0, best.unstableFolds > 0 {
      return "The recommended combination is the simplest of these that is stable."
    }
    let (own, other) = (complexity(result), complexity(best))
    let difference =
      if own.parameters != other.parameters {
        "\(own.parameters) parameters instead of \(other.parameters)"
      } else if own.work != other.work {
        "\(own.work.fixed(0)) images processed during training instead of \(other.work.fixed(0))"
      } else {
        "an L2 penalty of \(own.l2.significant(6)) instead of \(other.l2.significant(6))"
      }
    return "The recommended combination is the simplest of these: \(difference)."
  }

  var lines: [String] {
    let header = grid.names.map { Self.title(of: $0) } + ["accuracy", "cost", ""]
    return aligned([header] + results.map(row)).map { $0.trimmingEnd } + [""] + summary
  }

  private func row(_ result: CrossValidationResult) -> [String] {
    let settings = grid.names.map { value(of: $0, result) }
    guard let accuracy = result.accuracy, let cost = result.cost else { return settings + ["diverged", "", ""] }
    let notes = [
      result == best ? "best" : result == recommended ? "recommended" : isAsGood(result) ? "as good" : "",
      result.unstableFolds > 0 ? "unstable" : "",
    ]
    return settings + [
      "\((100 * accuracy.mean).fixed(1)) % ± \((100 * accuracy.deviation).fixed(1))",
      "\(cost.mean.fixed(4)) ± \(cost.deviation.fixed(4))", notes.filter { !$0.isEmpty }.joined(separator: ", "),
    ]
  }

  private func value(of name: String, _ result: CrossValidationResult) -> String {
    let value = point(result).value(of: name) ?? (name == "--hidden" ? "none" : "-")
    guard value == "auto", let rate = result.learningRate else { return value }
    return "auto (\(rate.mean.significant(3)))"
  }

  /// The significance of the order, and the command for the recommended combination.
  private var summary: [String] {
    guard let recommended else { return ["Every combination diverged; try smaller learning rates."] }
    let others = results.dropFirst()
    let asGood = others.count(where: isAsGood)
    let counts = training.classCounts
    let baseline = Score(correct: counts.max() ?? 0, classCounts: counts, classNames: training.classNames).baseline
    var lines = ["Accuracy and cost are means ± standard deviations over \(folds) folds; \(baseline)."]
    let isOne = others.count == 1
    if others.isEmpty {
      lines.append("Only one combination was compared.")
    } else if asGood == 0 {
      lines.append(
        "\(isOne ? "The other combination is not" : "No other combination is") as good as the best within one standard error."
      )
    } else {
      lines.append(
        "\(isOne ? "The other combination is" : "\(asGood) of the other \(others.count) combinations \(asGood == 1 ? "is" : "are")") as good "
          + "as the best within one standard error (of the differences per fold).")
    }
    if let reason { lines.append(reason) }
    lines.append(
      "To train the \(reason == nil ? "best" : "recommended") combination on all \(counted(training.count, "training image"))"
        + (splitFile.map { ", as listed in \($0):" } ?? ":")
    )
    return lines + [command(point(recommended))]
  }

  func warn() {
    let unstable = results.filter { $0.unstableFolds > 0 }
    guard !unstable.isEmpty else { return }
    let limits = unstable.flatMap { $0.folds.compactMap(\.stableLearningRate) }
    Terminal.warn(
      "\(unstable.count) of \(counted(results.count, "combination")), marked unstable, \(unstable.count == 1 ? "has" : "have") a "
        + "learning rate above the largest stable rate of a fold (\((limits.min() ?? 0).significant(4)) to "
        + "\((limits.max() ?? 0).significant(4))), so the cost can increase.")
  }

  /// Returns the title of a flag in tables and figures: "learning rate" for `--learning-rate`.
  static func title(of flag: String) -> String {
    flag.drop { $0 == "-" }.split(separator: "-").joined(separator: " ")
  }
}

extension String {
  fileprivate var trimmingEnd: String { String(reversed().drop { $0 == " " }.reversed()) }
}
