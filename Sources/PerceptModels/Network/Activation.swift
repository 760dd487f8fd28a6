import Glibc

/// The function that a layer applies to its pre-activations z = W·x + b.
public enum Activation: String, Sendable, Hashable, CaseIterable {
  /// σ(z) = 1 / (1 + e⁻ᶻ), between 0 and 1.
  case sigmoid
  /// tanh(z), between -1 and 1.
  case tanh
  /// max(z, 0).
  case relu
  /// z above 0, z/100 below.
  case leakyReLU = "leaky-relu"
  /// e^zᵢ / Σⱼ e^zⱼ over the units of a layer: the probabilities of more than two classes.
  case softmax

  /// What hidden layers may apply: every function of one number.
  public static let hidden: [Activation] = [.relu, .tanh, .sigmoid, .leakyReLU]

  /// How much of a negative number ``leakyReLU`` lets through.
  package static let leak = 0.01

  /// The activation a of one pre-activation z.
  ///
  /// σ is computed from e⁻ᶻ for z ≥ 0 and from eᶻ below, so that neither end overflows: σ(-500) is 7.12e-218 and
  /// σ(500) is 1. The softmax of one number is 1.
  public func callAsFunction(_ z: Double) -> Double {
    switch self {
    case .sigmoid:
      if z >= 0 { return 1 / (1 + exp(-z)) }
      let power = exp(z)
      return power / (1 + power)
    case .tanh: return Glibc.tanh(z)
    case .relu: return z > 0 ? z : 0
    case .leakyReLU: return z > 0 ? z : Self.leak * z
    case .softmax: return 1
    }
  }

  /// The activations of a layer's units.
  ///
  /// Of softmax, the largest z is subtracted before the powers, so that none overflows.
  public func callAsFunction(_ z: [Double]) -> [Double] {
    guard self == .softmax else { return z.map { self($0) } }
    let largest = z.max() ?? 0
    let powers = z.map { exp($0 - largest) }
    let total = powers.reduce(0, +)
    return powers.map { $0 / total }
  }

  /// da/dz of a function of one number, given its value a: σ has a·(1 - a), tanh 1 - a², the others depend on a's sign.
  ///
  /// - Parameter a: the activation, not z.
  /// - Returns: the derivative; 0 for softmax of one number.
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

/// The sigmoid σ(z) = 1 / (1 + e⁻ᶻ) = eᶻ / (1 + eᶻ): the probability of class 1 for a logit z.
public func sigmoid(_ z: Double) -> Double {
  Activation.sigmoid(z)
}
