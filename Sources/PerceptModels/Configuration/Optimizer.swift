/// The rule that computes new weights from the gradient of all training examples or of a batch.
///
/// | optimizer | update of each weight w with its gradient g |
/// |---|---|
/// | gradient descent | w ← w - α·g |
/// | momentum β | v ← β·v + g, w ← w - α·v |
/// | Nesterov, momentum β | v ← β·v + g, w ← w - α·(g + β·v) |
/// | Adam | m ← 0.9·m + 0.1·g, v ← 0.999·v + 0.001·g², w ← w - α·m̂/(√v̂ + 10⁻⁸), where m̂ = m/(1 - 0.9ᵗ), v̂ = v/(1 - 0.999ᵗ) |
/// | AdamW | as Adam, but the L2 penalty λ is not part of g: w ← w - α·(m̂/(√v̂ + 10⁻⁸) + λ·w) |
/// | L-BFGS | a quasi-Newton step from the last 20 gradients, with a line search (Liu and Nocedal, 1989) |
///
/// Velocities and moments start at 0. References: momentum as in Sutskever, Martens, Dahl and Hinton (2013), in
/// PyTorch's notation; Adam as in Kingma and Ba (2015); AdamW as in Loshchilov and Hutter (2019).
public enum Optimizer: String, Sendable, Hashable, CaseIterable, Codable {
  /// Gradient descent: a step along the negative gradient.
  case gradientDescent = "gradient-descent"
  /// Gradient descent with momentum: a step along a velocity that accumulates gradients.
  case momentum
  /// Nesterov's momentum, which evaluates the gradient at a look-ahead point.
  case nesterov
  /// Adam, with an adaptive step size for each weight. It is computed in Float32.
  case adam
  /// Adam with decoupled weight decay instead of an L2 penalty in the gradient.
  case adamW = "adamw"
  /// L-BFGS, a quasi-Newton method. It ends when the gradient is as small as rounding allows.
  case lbfgs

  /// Whether the optimizer is Adam or AdamW, which are implemented only for batches, in Float32.
  package var isAdam: Bool { self == .adam || self == .adamW }

  /// Whether the optimizer has a velocity and uses ``TrainingConfiguration/momentum``.
  package var hasVelocity: Bool { self == .momentum || self == .nesterov }

  /// The name in figures and reports. It is never parsed.
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
}
