import Glibc
import PerceptLinearAlgebra

/// Which weights a layer starts from. Biases start from 0.
public enum Initialization: Sendable, Hashable {
  /// All 0: right for one layer, where every unit sees other labels; hidden units would stay alike for ever.
  case zeros
  /// A normal distribution of this standard deviation.
  case normal(Double)
  /// Normal with variance 2/(inputs + units) (Glorot and Bengio, 2010): for sigmoid and tanh.
  case xavier
  /// Normal with variance 2/inputs (He, Zhang, Ren and Sun, 2015): for ReLU.
  case he
  /// Normal with variance 1/inputs (LeCun, Bottou, Orr and Müller, 1998).
  case lecun

  /// The standard deviation for a layer.
  ///
  /// - Parameters:
  ///   - inputs: how many numbers a unit sees.
  ///   - units: how many units the layer has.
  /// - Returns: σ, 0 for zeros.
  public func deviation(inputs: Int, units: Int) -> Double {
    switch self {
    case .zeros: 0
    case .normal(let deviation): deviation
    case .xavier: (2 / Double(inputs + units)).squareRoot()
    case .he: (2 / Double(inputs)).squareRoot()
    case .lecun: (1 / Double(inputs)).squareRoot()
    }
  }

  /// Weights for a layer, units x inputs.
  func weights(inputs: Int, units: Int, using generator: inout SeededGenerator) -> Matrix {
    let deviation = deviation(inputs: inputs, units: units)
    guard deviation != 0 else { return .zeros(rows: units, columns: inputs) }
    return Matrix(
      rows: units, columns: inputs, elements: (0..<units * inputs).map { _ in deviation * generator.normal() })
  }
}

extension SeededGenerator {
  /// A number of the standard normal distribution, by Box and Muller's transform of two uniform ones.
  fileprivate mutating func normal() -> Double {
    // In (0, 1], so that the logarithm is finite.
    let first = Double((next() >> 11) + 1) * 0x1p-53
    let second = Double(next() >> 11) * 0x1p-53
    return (-2 * log(first)).squareRoot() * cos(2 * Double.pi * second)
  }
}
