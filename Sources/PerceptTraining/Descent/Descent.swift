package import PerceptModels

/// The coordinates of the parameters in full-batch gradient descent. Two forms have equal results, up to rounding:
/// ``PrimalDescent`` stores weights, and reads all pixels in each iteration. ``DualDescent`` stores one coefficient for
/// each example, and reads all pixels only once. Both support optimizers whose updates are linear in the gradients.
protocol Descent {
  var parameters: [Double] { get set }

  /// Returns the cost, and computes its gradient: steps 2 to 4 of the article (forward, cost, backward).
  mutating func evaluate(gradient: inout [Double]) -> Double

  /// Returns M·v, where M is the matrix of the inner product in these coordinates: for two gradients or steps a and b,
  /// a·(M·b) is the dot product of the corresponding weights and biases.
  mutating func applyInnerProductMatrix(to vector: [Double]) -> [Double]

  /// Returns an upper bound L for the curvature of the cost, such that a gradient descent step with the learning rate
  /// 1/L does not increase the cost; nil with hidden layers, where no bound is known.
  func curvature() -> Double?

  /// Returns the network with the current parameters.
  func network() -> Network

  /// The coefficients of the examples in the first layer's weights, units x examples; nil in the primal form.
  var coefficients: [Double]? { get }
}

extension Descent {
  var coefficients: [Double]? { nil }
}

extension DescentForm {
  /// The largest number m of examples in the dual form. Its Gram matrix (4·m² bytes) then takes 1 GiB.
  static let largestDual = 16_384

  /// Returns `.primal` or `.dual` for shapes, where `units` are those of the first layer. The automatic form is chosen
  /// by a fixed model of computation time, not by measurement, so the choice is the same on every machine.
  package func resolved(examples: Int, features: Int, units: Int = 1, iterations: Int) -> DescentForm {
    guard self == .automatic else { return self }
    // The automatic choice has half the limit of an explicit one: the Gram matrix then takes 256 MiB.
    guard examples <= Self.largestDual / 2 else { return .primal }
    let (m, n, count) = (Double(examples), Double(features), Double(iterations) * Double(units))
    // Relative times of the operations. A Gram matrix of more than 2 MB does not fit into the L2 cache of a core, so its
    // products are slower.
    let primal = count * m * n * 0.13
    let dual = m * m / 2 * n * 0.009 + count * m * (m * (m > 700 ? 0.22 : 0.12) + 8)
    return dual < primal ? .dual : .primal
  }
}
