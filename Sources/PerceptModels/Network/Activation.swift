import PerceptPlatform

/// The activation function that a layer applies to its pre-activations z = W·x + b.
public enum Activation: String, Sendable, Hashable, CaseIterable, Codable {
  /// σ(z) = 1 / (1 + e⁻ᶻ), between 0 and 1.
  case sigmoid
  /// tanh(z), between -1 and 1.
  case tanh
  /// max(z, 0).
  case relu
  /// z for z > 0, otherwise z/100.
  case leakyReLU = "leaky-relu"
  /// e^zᵢ / Σⱼ e^zⱼ over the units of a layer. Used by the output layer for more than two classes.
  case softmax

  /// The activations that hidden layers can use: all element-wise functions.
  public static let hidden: [Activation] = [.relu, .tanh, .sigmoid, .leakyReLU]

  /// The slope of ``leakyReLU`` for z < 0.
  package static let leak = 0.01

  /// Returns the activation a of one pre-activation z. The softmax of a single number is 1. The sigmoid is computed
  /// from e⁻ᶻ for z ≥ 0 and from eᶻ for z < 0, so it never overflows: σ(-500) is 7.12e-218 and σ(500) is 1.
  public func callAsFunction(_ z: Double) -> Double {
    switch self {
    case .sigmoid:
      if z >= 0 { return 1 / (1 + exp(-z)) }
      let power = exp(z)
      return power / (1 + power)
    case .tanh: return PerceptPlatform.tanh(z)
    case .relu: return z > 0 ? z : 0
    case .leakyReLU: return z > 0 ? z : Self.leak * z
    case .softmax: return 1
    }
  }

  /// Returns the activations of a layer. For softmax, the largest z is subtracted first, which prevents overflow.
  public func callAsFunction(_ z: [Double]) -> [Double] {
    guard self == .softmax else { return z.map { self($0) } }
    let largest = z.max() ?? 0
    let powers = z.map { exp($0 - largest) }
    let total = powers.reduce(0, +)
    return powers.map { $0 / total }
  }

  /// Returns the derivative da/dz of an element-wise activation, computed from the activation a (not z): a·(1 - a) for
  /// sigmoid, 1 - a² for tanh, from the sign of a for ReLU and leaky ReLU; 0 for the softmax of a single number.
  public func derivative(at a: Double) -> Double {
    switch self {
    case .sigmoid: a * (1 - a)
    case .tanh: 1 - a * a
    case .relu: a > 0 ? 1 : 0
    case .leakyReLU: a > 0 ? 1 : Self.leak
    case .softmax: 0
    }
  }
}

/// Returns the sigmoid σ(z) = 1 / (1 + e⁻ᶻ) = eᶻ / (1 + eᶻ), which is the probability of class 1 for a logit z.
public func sigmoid(_ z: Double) -> Double {
  Activation.sigmoid(z)
}
