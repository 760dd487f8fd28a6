import PerceptLinearAlgebra
import PerceptPlatform

/// The initial weights of a layer. Initial biases are 0.
public enum Initialization: Sendable, Hashable {
  /// All weights 0. Only without hidden layers: hidden units with equal weights have equal gradients and stay equal.
  case zeros
  /// Normal with mean 0 and the given standard deviation.
  case normal(Double)
  /// Normal with variance 2/(inputs + units), for sigmoid and tanh (Glorot and Bengio, 2010).
  case xavier
  /// Normal with variance 2/inputs, for ReLU (He, Zhang, Ren and Sun, 2015).
  case he
  /// Normal with variance 1/inputs (LeCun, Bottou, Orr and Müller, 1998).
  case lecun

  /// Returns the standard deviation of the initial weights of a layer.
  ///
  /// - Parameters:
  ///   - inputs: the number of inputs of the layer.
  ///   - units: the number of units of the layer.
  /// - Returns: the standard deviation; 0 for ``zeros``.
  public func deviation(inputs: Int, units: Int) -> Double {
    switch self {
    case .zeros: 0
    case .normal(let deviation): deviation
    case .xavier: (2 / Double(inputs + units)).squareRoot()
    case .he: (2 / Double(inputs)).squareRoot()
    case .lecun: (1 / Double(inputs)).squareRoot()
    }
  }

  /// Returns initial weights for a layer, units x inputs.
  func weights(inputs: Int, units: Int, using generator: inout SeededGenerator) -> Matrix {
    let deviation = deviation(inputs: inputs, units: units)
    guard deviation != 0 else { return .zeros(rows: units, columns: inputs) }
    return Matrix(
      rows: units, columns: inputs, elements: (0..<units * inputs).map { _ in deviation * generator.normal() })
  }
}

extension SeededGenerator {
  /// Returns a random number from the standard normal distribution, by the Box-Muller transform of two uniform ones.
  fileprivate mutating func normal() -> Double {
    // In (0, 1], so that the logarithm is finite.
    let first = Double((next() >> 11) + 1) * 0x1p-53
    let second = Double(next() >> 11) * 0x1p-53
    return (-2 * log(first)).squareRoot() * cos(2 * Double.pi * second)
  }
}
