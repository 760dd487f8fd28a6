/// What training minimizes: the cost, which is the mean loss of the training examples and penalties on large weights.
public struct Objective: Sendable, Hashable {
  /// How much the examples of each class count.
  public enum ClassWeights: Sendable, Hashable {
    /// All alike.
    case equal
    /// m / (classes · m_c) for each of the m_c examples of a class, so that every class counts as much as the others.
    case balanced
    /// These, in the order of the classes.
    case given([Double])

    /// The weight of each class.
    ///
    /// - Parameter counts: how many examples each class has.
    /// - Returns: as many weights.
    package func weights(counts: [Int]) -> [Double] {
      switch self {
      case .equal: counts.map { _ in 1 }
      case .balanced:
        counts.map { Double(counts.reduce(0, +)) / (Double(counts.count) * Double(max($0, 1))) }
      case .given(let weights): weights
      }
    }
  }

  /// The loss of one example.
  public let loss: Loss
  /// λ: the cost contains λ/2·‖W‖². Biases are not penalised.
  public let l2: Double
  /// λ₁: the cost contains λ₁·Σ|w|. Biases are not penalised.
  public let l1: Double
  /// What each class's losses are multiplied by.
  public let classWeights: ClassWeights
  /// ε: the target of the right class is 1 - ε + ε/classes, that of the others ε/classes.
  public let labelSmoothing: Double

  /// The mean of the losses, and penalties.
  ///
  /// - Parameters:
  ///   - loss: the loss of one example.
  ///   - l2: λ of λ/2 times the sum of squared weights, at least 0.
  ///   - l1: λ₁ of λ₁ times the sum of absolute weights, at least 0.
  ///   - classWeights: what each class's losses are multiplied by.
  ///   - labelSmoothing: ε, 0 up to 1.
  public init(
    _ loss: Loss, l2: Double = 0, l1: Double = 0, classWeights: ClassWeights = .equal, labelSmoothing: Double = 0
  ) {
    self.loss = loss
    self.l2 = l2
    self.l1 = l1
    self.classWeights = classWeights
    self.labelSmoothing = labelSmoothing
  }

  /// A bound L on the curvature of the cost of a network of one layer: the loss's own times λmax/m and the largest class
  /// weight, and λ.
  ///
  /// - Parameters:
  ///   - eigenvalue: λmax of XᵀX, where the scaled examples X have a feature of ones.
  ///   - logits: how many units there are.
  ///   - classCounts: how many examples each class has.
  /// - Returns: L.
  package func largestCurvature(eigenvalue: Double, logits: Int, classCounts: [Int]) -> Double {
    let largest = classWeights.weights(counts: classCounts).max() ?? 1
    let examples = Double(classCounts.reduce(0, +))
    return loss.largestCurvature(logits: logits) * largest * eigenvalue / examples + l2
  }
}
