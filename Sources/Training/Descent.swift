import NeuralNetworks

/// A form of gradient descent on a neuron. There are two, which give the same trajectory but for rounding: ``PrimalDescent``
/// keeps the weights and reads every pixel in every iteration, ``DualDescent`` keeps a coefficient for every example and reads
/// every pixel once.
protocol Descent {
  /// A bound L on the curvature of the cost: (w, b) may move by 1/L times the gradient without the cost rising.
  func curvature() -> Double

  /// Steps 2 to 5 of the article, once: forward, cost, backward, update.
  ///
  /// - Parameter learningRate: α.
  /// - Returns: the cost before the update.
  mutating func step(learningRate: Double) -> Double

  /// The network that the state has come to.
  func network() -> Network
}

/// How gradient descent is computed; the numbers are the same but for rounding.
public enum DescentForm: String, Sendable, Hashable, CaseIterable {
  /// Whichever takes fewer operations for the shapes at hand.
  case automatic = "auto"
  /// On weights: one pass over all pixels in every iteration.
  case primal
  /// On coefficients of the examples: all pixels once, then examples x examples in every iteration.
  case dual

  /// The form for a training of given shapes: a cost model of operations, each with the time that it takes relative to the
  /// others, never a measurement, so that equal settings choose equally on every machine.
  ///
  /// - Parameters:
  ///   - examples: m.
  ///   - features: n.
  ///   - iterations: how many updates are made.
  /// - Returns: `.primal` or `.dual`.
  package func resolved(examples: Int, features: Int, iterations: Int) -> DescentForm {
    guard self == .automatic else { return self }
    // The Gram matrix takes 8·m² bytes; above half a gigabyte the dual form would want more than the pixels.
    guard examples <= 8192 else { return .primal }
    let (m, n, count) = (Double(examples), Double(features), Double(iterations))
    let primal = count * m * n * 0.4
    let dual = m * m / 2 * n * 0.06 + count * m * (m * 0.17 + 6)
    return dual < primal ? .dual : .primal
  }
}
