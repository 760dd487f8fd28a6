/// The rule that turns gradients, of all training examples or of a batch, into new weights.
///
/// | rule | update of every weight w with its gradient g |
/// |---|---|
/// | gradient descent | w ← w - α·g |
/// | momentum β | v ← β·v + g, w ← w - α·v |
/// | Nesterov, momentum β | v ← β·v + g, w ← w - α·(g + β·v) |
/// | Adam | m ← 0.9·m + 0.1·g, v ← 0.999·v + 0.001·g², w ← w - α·m̂/(√v̂ + 10⁻⁸), where m̂ = m/(1 - 0.9ᵗ), v̂ = v/(1 - 0.999ᵗ) |
/// | AdamW | as Adam, but the L2 penalty λ is no part of g: w ← w - α·(m̂/(√v̂ + 10⁻⁸) + λ·w) |
/// | L-BFGS | a quasi-Newton step from the last 20 gradients, as long as a line search says (Liu and Nocedal, 1989) |
///
/// Velocities and moments start from 0. (Momentum in the form of Sutskever, Martens, Dahl and Hinton, 2013, as PyTorch writes
/// it; Adam of Kingma and Ba, 2015; AdamW of Loshchilov and Hutter, 2019.)
public enum Optimizer: Sendable, Hashable {
  /// Straight down.
  case gradientDescent(learningRate: LearningRate = .automatic)
  /// With a velocity that remembers earlier gradients.
  case momentum(Double = 0.9, learningRate: LearningRate = .automatic)
  /// With a velocity, and the gradient of where it leads.
  case nesterov(Double = 0.9, learningRate: LearningRate = .automatic)
  /// With a step of its own for every weight, in Float32.
  case adam(learningRate: LearningRate = .automatic)
  /// Adam with weights that decay by themselves instead of an L2 penalty.
  case adamW(learningRate: LearningRate = .automatic)

  /// Quasi-Newton steps, until the gradient is as small as rounding allows: for weights that are the best there are.
  case lbfgs

  static let firstBeta = 0.9
  static let secondBeta = 0.999
  static let epsilon = 1e-8

  /// How big a step is.
  public var learningRate: LearningRate {
    switch self {
    case .gradientDescent(let rate), .momentum(_, let rate), .nesterov(_, let rate), .adam(let rate), .adamW(let rate):
      rate
    case .lbfgs: .automatic
    }
  }

  /// Whether it is Adam, of either kind.
  package var isAdam: Bool {
    switch self {
    case .adam, .adamW: true
    default: false
    }
  }

  /// β; nil without a velocity.
  public var momentum: Double? {
    switch self {
    case .gradientDescent, .adam, .adamW, .lbfgs: nil
    case .momentum(let momentum, _), .nesterov(let momentum, _): momentum
    }
  }

  /// What it is called.
  public var name: String {
    switch self {
    case .gradientDescent: "gradient descent"
    case .momentum: "momentum"
    case .nesterov: "Nesterov"
    case .adam: "Adam"
    case .adamW: "AdamW"
    case .lbfgs: "L-BFGS"
    }
  }

  /// The learning rate above which the steps may grow for ever, where the cost curves by at most `curvature`: 2/L for plain
  /// descent, 2(1 + β)/L with momentum, 2(1 + β)/((1 + 2β)L) with Nesterov's; nobody knows it for Adam.
  func stableLearningRate(curvature: Double) -> Double? {
    switch self {
    case .adam, .adamW, .lbfgs: nil
    case .gradientDescent: 2 / curvature
    case .momentum(let beta, _): 2 * (1 + beta) / curvature
    case .nesterov(let beta, _): 2 * (1 + beta) / ((1 + 2 * beta) * curvature)
    }
  }
}

/// How big a step is: α.
public enum LearningRate: Sendable, Hashable, ExpressibleByFloatLiteral, ExpressibleByIntegerLiteral {
  /// This α, on the pixels as they are.
  case fixed(Double)
  /// α = 1/L, where L bounds the curvature of the cost, on pixels from which the training mean image is subtracted; 0.001 for
  /// Adam.
  ///
  /// Subtracting it lowers L by 5 to 260 times on real pictures, so the same iterations come much further. The mean is
  /// folded into the bias afterwards: the finished weights take pixels as they are.
  case automatic

  /// The rate that a literal gives.
  public init(floatLiteral value: Double) {
    self = .fixed(value)
  }

  /// The rate that a whole number gives.
  public init(integerLiteral value: Int) {
    self = .fixed(Double(value))
  }
}
