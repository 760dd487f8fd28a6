import Percept

/// What came of a tuning, in words.
struct TuneReport {
  /// Best first.
  let trials: [Trial]
  let grid: TuningGrid
  let folds: Int
  /// What trains the best; nil where all diverged.
  let command: String?

  init(_ trials: [Trial], grid: TuningGrid, folds: Int, command: (TuningGrid.Point) -> String) {
    self.trials = trials
    self.grid = grid
    self.folds = folds
    self.command = trials.first { !$0.isDiverged }.map { command(grid.points[$0.candidate]) }
  }

  /// Whether a trial is as accurate as the best but for noise; the best itself is.
  func isAsGood(_ trial: Trial) -> Bool { trials.first.map(trial.isIndistinguishable) ?? false }

  /// The table and what it means.
  var lines: [String] {
    let header = grid.names.map { Self.title(of: $0) } + ["accuracy", "cost", ""]
    return aligned([header] + trials.map(row)).map { $0.trimmingEnd } + ["", summary] + (command.map { [$0] } ?? [])
  }

  private func row(_ trial: Trial) -> [String] {
    let settings = grid.names.map { value(of: $0, trial) }
    guard let accuracy = trial.accuracy, let cost = trial.cost else { return settings + ["diverged", "", ""] }
    let notes = [
      trial == trials[0] ? "best" : isAsGood(trial) ? "as good" : "",
      trial.unstableFolds > 0 ? "unstable" : "",
    ]
    return settings + [
      "\((100 * accuracy.mean).fixed(1)) % ± \((100 * accuracy.deviation).fixed(1))",
      "\(cost.mean.fixed(4)) ± \(cost.deviation.fixed(4))", notes.filter { !$0.isEmpty }.joined(separator: ", "),
    ]
  }

  private func value(of name: String, _ trial: Trial) -> String {
    let value = grid.points[trial.candidate].value(of: name) ?? (name == "--hidden" ? "none" : "default")
    guard value == "auto", let rate = trial.learningRate else { return value }
    return "auto (\(rate.mean.significant(3)))"
  }

  /// How sure the order is.
  private var summary: String {
    let others = trials.dropFirst()
    guard command != nil else { return "Every combination diverged; try smaller learning rates." }
    let noise = others.count(where: isAsGood)
    let spread = "± is the standard deviation over \(folds) folds. "
    if others.isEmpty { return spread + "There was one combination to judge." }
    return spread
      + "\(noise) of the other \(others.count) cannot be told from the best: fold by fold, their accuracy differs "
      + "by no more than one standard error."
  }

  /// Says which learning rates are too large to be trusted.
  func warn() {
    let unstable = trials.filter { $0.unstableFolds > 0 }
    guard !unstable.isEmpty else { return }
    let limits = unstable.flatMap { $0.folds.compactMap(\.stableLearningRate) }
    Terminal.warn(
      "\(counted(unstable.count, "combination")) of \(trials.count), marked unstable, \(unstable.count == 1 ? "has" : "have") a learning rate above the largest "
        + "stable one of a fold (\((limits.min() ?? 0).significant(4)) to \((limits.max() ?? 0).significant(4))), so the cost may "
        + "rise.")
  }

  static func title(of flag: String) -> String {
    flag.drop { $0 == "-" }.split(separator: "-").joined(separator: " ")
  }

  /// Accuracy and cost against the learning rate.
  var figure: Drawing {
    let others = grid.names.filter { $0 != "--learning-rate" }
    var names: [String] = []
    var curves: [String: [Trial]] = [:]
    for trial in trials {
      let settings = others.map { "\(Self.title(of: $0)) \(value(of: $0, trial))" }
      let isAutomatic = grid.points[trial.candidate].value(of: "--learning-rate") == "auto"
      let name = (settings + (isAutomatic ? ["auto"] : [])).joined(separator: ", ")
      if curves[name] == nil { names.append(name) }
      curves[name, default: []].append(trial)
    }
    return TuningFigure(names.sorted().map { (name: $0.isEmpty ? "given" : $0, trials: curves[$0] ?? []) }).drawing
  }
}

extension String {
  fileprivate var trimmingEnd: String { String(reversed().drop { $0 == " " }.reversed()) }
}
