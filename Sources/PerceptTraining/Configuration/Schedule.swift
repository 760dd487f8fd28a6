import Glibc

/// How the learning rate changes while a training lasts.
public struct Schedule: Sendable, Hashable {
  /// The shape after the warm-up.
  public enum Shape: Sendable, Hashable {
    /// The same rate all the time.
    case constant
    /// Times `factor` after every such part of the training, 0 … 1.
    case step(every: Double, factor: Double)
    /// (1 + cos(π·t))/2, from the full rate to none.
    case cosine
  }

  /// The shape after the warm-up.
  public let shape: Shape
  /// The first part of the training, 0 … 1, in which the rate grows evenly from 0.
  public let warmUp: Double

  /// A schedule.
  ///
  /// - Parameters:
  ///   - shape: what follows the warm-up.
  ///   - warmUp: the first part of the training in which the rate grows, 0 up to 1.
  public init(_ shape: Shape = .constant, warmUp: Double = 0) {
    self.shape = shape
    self.warmUp = warmUp
  }

  /// What it is called: `cosine`, `step 0.25 x 0.1, warm-up 0.1`.
  public var name: String {
    let shape =
      switch shape {
      case .constant: "constant"
      case .step(let every, let factor): "step \(every) x \(factor)"
      case .cosine: "cosine"
      }
    return warmUp == 0 ? shape : "\(shape), warm-up \(warmUp)"
  }

  /// The share of the learning rate for one update.
  ///
  /// - Parameters:
  ///   - iteration: which update, from 0.
  ///   - count: how many updates there are.
  /// - Returns: a factor, 0 … 1, never 0 for the first update.
  public func factor(iteration: Int, of count: Int) -> Double {
    let warm = warmUp * Double(count)
    if Double(iteration) < warm { return min(1, Double(iteration + 1) / warm) }
    let time = (Double(iteration) - warm) / max(1, Double(count) - warm)
    switch shape {
    case .constant: return 1
    case .step(let every, let factor): return pow(factor, (time / every).rounded(.down))
    case .cosine: return (1 + cos(.pi * time)) / 2
    }
  }
}
