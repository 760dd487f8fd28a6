import PerceptModels
import PerceptPlatform

extension Activation {
  /// Replaces the products W·a of one example by the activations f(W·a + b). Softmax leaves the logits W·a + b.
  func apply(to row: UnsafeMutablePointer<Float>, bias: UnsafePointer<Float>, units: Int) {
    switch self {
    case .relu: for u in 0..<units { row[u] = max(row[u] + bias[u], 0) }
    case .leakyReLU:
      for u in 0..<units {
        let z = row[u] + bias[u]
        row[u] = z > 0 ? z : Float(Activation.leak) * z
      }
    case .tanh: for u in 0..<units { row[u] = tanhf(row[u] + bias[u]) }
    case .sigmoid: for u in 0..<units { row[u] = 1 / (1 + expf(-(row[u] + bias[u]))) }
    case .softmax: for u in 0..<units { row[u] += bias[u] }
    }
  }

  /// Multiplies errors by the derivatives of the activations a = f(z): errors[i] *= f'(zᵢ).
  func differentiate(
    at values: UnsafePointer<Float>, _ errors: UnsafeMutablePointer<Float>, count: Int
  ) {
    switch self {
    case .relu:
      for i in 0..<count {
        // Loading the error first, whether it is kept or not, allows vector instructions.
        let error = errors[i]
        errors[i] = values[i] > 0 ? error : 0
      }
    case .leakyReLU: for i in 0..<count { errors[i] *= values[i] > 0 ? 1 : Float(Activation.leak) }
    case .tanh: for i in 0..<count { errors[i] *= 1 - values[i] * values[i] }
    case .sigmoid: for i in 0..<count { errors[i] *= values[i] * (1 - values[i]) }
    case .softmax: for i in 0..<count { errors[i] = 0 }
    }
  }
}
