import PerceptModels

/// Coordinates in which gradient descent on a neuron walks. There are two, which give the same trajectory but for rounding:
/// ``PrimalDescent`` keeps the weights and reads every pixel in every iteration, ``DualDescent`` keeps a coefficient for every
/// example and reads every pixel once.
///
/// Every optimizer whose updates are linear in the gradients works in both.
protocol Descent {
  /// All that is learned, in these coordinates.
  var parameters: [Double] { get set }

  /// Steps 2 to 4 of the article: forward, cost, backward.
  ///
  /// - Parameter gradient: receives the gradient of the cost, in the same coordinates.
  /// - Returns: the cost of the parameters.
  mutating func evaluate(gradient: inout [Double]) -> Double

  /// M·b of the inner product ⟨a, b⟩ = a·(M·b) that gradients and steps in these coordinates have as weights and biases.
  mutating func image(of vector: [Double]) -> [Double]

  /// A bound L on the curvature of the cost: weights and bias may move by 1/L times the gradient without the cost rising. Nil
  /// with hidden layers, where there is none.
  func curvature() -> Double?

  /// The network that the parameters stand for.
  func network() -> Network

  /// The coefficients of the examples in the first layer's weights, units x examples, where these are the coordinates.
  var coefficients: [Double]? { get }
}

extension Descent {
  var coefficients: [Double]? { nil }
}

/// How gradient descent is computed; the numbers are the same but for rounding.
public enum DescentForm: String, Sendable, Hashable, CaseIterable {
  /// Whichever takes fewer operations for the shapes at hand.
  case automatic = "auto"
  /// On weights: one pass over all pixels in every iteration.
  case primal
  /// On coefficients of the examples: all pixels once, then examples x examples in every iteration.
  case dual

  /// The most examples whose Gram matrix (4·m² bytes) is computed even where the dual form is asked for: 1 GiB.
  static let largestDual = 16_384

  /// The form for a training of given shapes: a cost model of operations, each with the time that it takes relative to the
  /// others, never a measurement, so that equal settings choose equally on every machine.
  ///
  /// - Parameters:
  ///   - examples: m.
  ///   - features: n.
  ///   - units: how many units the first layer has.
  ///   - iterations: how many updates are made.
  /// - Returns: `.primal` or `.dual`.
  package func resolved(examples: Int, features: Int, units: Int = 1, iterations: Int) -> DescentForm {
    guard self == .automatic else { return self }
    // Half of what may be asked for: the Gram matrix takes 256 MiB then.
    guard examples <= Self.largestDual / 2 else { return .primal }
    let (m, n, count) = (Double(examples), Double(features), Double(iterations) * Double(units))
    // Float32 above the size that `PixelPass` says; a Gram matrix beyond 2 MB no longer fits into a core's second cache.
    let primal = count * m * n * (PixelPass.isSingle(examples: examples, features: features) ? 0.13 : 0.37)
    let dual = m * m / 2 * n * 0.009 + count * m * (m * (m > 700 ? 0.22 : 0.12) + 8)
    return dual < primal ? .dual : .primal
  }
}
