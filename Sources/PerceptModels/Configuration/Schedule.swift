import PerceptPlatform

/// The learning rate schedule: the change of the learning rate after the warm-up.
public enum Schedule: Sendable, Hashable {
  /// A constant rate.
  case constant
  /// A rate that is multiplied by `factor` each time the fraction `every` of the run, 0 < `every` ≤ 1, has passed.
  case step(every: Double, factor: Double)
  /// A rate that decreases to 0 as (1 + cos(π·t))/2, where t is the fraction of the run that has passed.
  case cosine

  /// Returns the factor of the learning rate for one update.
  ///
  /// - Parameters:
  ///   - iteration: the index of the update, from 0.
  ///   - count: the number of updates of the run.
  ///   - warmUp: the fraction of the run, ≥ 0 and < 1, in which the rate increases linearly from 0.
  /// - Returns: the factor, never 0 for the first update.
  public func factor(iteration: Int, of count: Int, warmUp: Double = 0) -> Double {
    let warm = warmUp * Double(count)
    if Double(iteration) < warm { return min(1, Double(iteration + 1) / warm) }
    let time = (Double(iteration) - warm) / max(1, Double(count) - warm)
    switch self {
    case .constant: return 1
    case .step(let every, let factor): return pow(factor, (time / every).rounded(.down))
    case .cosine: return (1 + cos(.pi * time)) / 2
    }
  }
}

extension Schedule: TextCodable {
  package static let expectation = "constant, cosine, step, or step:EVERY:FACTOR such as step:0.25:0.1"

  /// Creates a schedule from `constant`, `cosine`, `step:EVERY:FACTOR`, or `step`, which is a step by 0.1 after each
  /// third of the run; returns nil for any other text.
  public init?(_ description: String) {
    let parts = description.split(separator: ":", omittingEmptySubsequences: false)
    switch (parts[0], parts.count) {
    case ("constant", 1): self = .constant
    case ("cosine", 1): self = .cosine
    case ("step", 1): self = .step(every: 1.0 / 3, factor: 0.1)
    case ("step", 3):
      guard let every = Double(parts[1]), let factor = Double(parts[2]), every > 0, every <= 1, factor > 0,
        factor.isFinite
      else { return nil }
      self = .step(every: every, factor: factor)
    default: return nil
    }
  }

  /// `constant`, `cosine` or `step:EVERY:FACTOR`.
  public var description: String {
    switch self {
    case .constant: "constant"
    case .cosine: "cosine"
    case .step(let every, let factor): "step:\(every):\(factor)"
    }
  }
}
