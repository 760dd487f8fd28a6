import Glibc

/// The function that a layer applies to its pre-activations z = W·x + b.
public enum Activation: String, Sendable, Hashable, CaseIterable {
  /// σ(z) = 1 / (1 + e⁻ᶻ), between 0 and 1.
  case sigmoid

  /// The activation a of one pre-activation z.
  ///
  /// σ is computed from e⁻ᶻ for z ≥ 0 and from eᶻ below, so that neither end overflows: σ(-500) is 7.12e-218 and
  /// σ(500) is 1.
  public func callAsFunction(_ z: Double) -> Double {
    switch self {
    case .sigmoid:
      if z >= 0 { return 1 / (1 + exp(-z)) }
      let power = exp(z)
      return power / (1 + power)
    }
  }

  /// da/dz at one pre-activation z; for σ it is σ(z)·σ(-z).
  public func derivative(_ z: Double) -> Double {
    switch self {
    case .sigmoid: self(z) * self(-z)
    }
  }
}

/// The sigmoid σ(z) = 1 / (1 + e⁻ᶻ) = eᶻ / (1 + eᶻ): the probability of class 1 for a logit z.
public func sigmoid(_ z: Double) -> Double {
  Activation.sigmoid(z)
}
