import Percept

/// What came of a tuning, in words.
struct TuneReport {
  /// Best first.
  let results: [CrossValidationResult]
  let grid: TuningGrid
  let folds: Int
  /// What was learned from and judged on.
  let training: Dataset
  /// The one to choose; nil where all diverged.
  let recommended: CrossValidationResult?
  /// Why that one is chosen instead of the best, in a sentence; nil where it is the best.
  let reason: String?
  /// What trains a combination.
  let command: (TuningGrid.Point) -> String

  init(
    _ results: [CrossValidationResult], of candidates: [CrossValidation.Candidate], by validation: CrossValidation,
    on training: Dataset, grid: TuningGrid, command: @escaping (TuningGrid.Point) -> String
  ) {
    self.results = results
    self.grid = grid
    self.training = training
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

  /// The most accurate; nil where all diverged.
  var best: CrossValidationResult? { results.first.flatMap { $0.isDiverged ? nil : $0 } }

  /// The combination that was tried.
  func point(_ result: CrossValidationResult) -> TuningGrid.Point { grid.points[result.candidate] }

  /// Whether a trial is as accurate as the best but for noise; the best itself is.
  func isAsGood(_ result: CrossValidationResult) -> Bool { best.map(result.isIndistinguishable) ?? false }

  /// The first thing in which the recommended one is preferable.
  private static func reason(
    for result: CrossValidationResult, insteadOf best: CrossValidationResult,
    complexity: (CrossValidationResult) -> Complexity
  ) -> String {
    if result.unstableFolds == 0, best.unstableFolds > 0 {
      return "Recommended is the simplest of these that is not unstable."
    }
    let (own, other) = (complexity(result), complexity(best))
    let difference =
      if own.parameters != other.parameters {
        "it has \(own.parameters) weights, the best \(other.parameters)"
      } else if own.work != other.work {
        "while it learns it looks at a picture \(own.work.fixed(0)) times, the best \(other.work.fixed(0)) times"
      } else {
        "it keeps weights smaller, by an L2 penalty of \(own.l2.significant(6)) where the best has \(other.l2.significant(6))"
      }
    return "Recommended is the simplest of these: \(difference)."
  }

  /// The table and what it means.
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

  /// How sure the order is, and what to do.
  private var summary: [String] {
    guard let recommended else { return ["Every combination diverged; try smaller learning rates."] }
    let others = results.dropFirst()
    let noise = others.count(where: isAsGood)
    let counts = training.classCounts
    let baseline = Score(correct: counts.max() ?? 0, classCounts: counts, classNames: training.classNames).baseline
    var lines = ["Accuracy and cost are means over \(folds) folds, ± their standard deviation; \(baseline)."]
    let isOne = others.count == 1
    if others.isEmpty {
      lines.append("There was one combination to judge.")
    } else if noise == 0 {
      lines.append(
        "\(isOne ? "The other one is not" : "None of the others is") as good: luck alone would hardly make the best so much better."
      )
    } else {
      lines.append(
        "\(isOne ? "The other one" : "\(noise) of the other \(others.count)") may be as good, and the best only lucky: fold by fold, "
          + "accuracy differs by no more than one standard error.")
    }
    if let reason { lines.append(reason) }
    lines.append(
      "To train the \(reason == nil ? "best" : "recommended one") on all \(counted(training.count, "picture")):")
    return lines + [command(point(recommended))]
  }

  /// Says which learning rates are too large to be trusted.
  func warn() {
    let unstable = results.filter { $0.unstableFolds > 0 }
    guard !unstable.isEmpty else { return }
    let limits = unstable.flatMap { $0.folds.compactMap(\.stableLearningRate) }
    Terminal.warn(
      "\(counted(unstable.count, "combination")) of \(results.count), marked unstable, \(unstable.count == 1 ? "has" : "have") a learning rate above the largest "
        + "stable one of a fold (\((limits.min() ?? 0).significant(4)) to \((limits.max() ?? 0).significant(4))), so the cost may "
        + "rise.")
  }

  static func title(of flag: String) -> String {
    flag.drop { $0 == "-" }.split(separator: "-").joined(separator: " ")
  }
}

extension String {
  fileprivate var trimmingEnd: String { String(reversed().drop { $0 == " " }.reversed()) }
}
