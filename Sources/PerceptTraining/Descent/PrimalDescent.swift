import PerceptDatasets
import PerceptLinearAlgebra
import PerceptModels

/// Gradient descent in the primal form, on weights. Each iteration is one pass over the bytes of all examples.
///
/// The passes use unscaled bytes x. For scaled features x̃ = (x - shift)·factor, w·x̃ = (w·factor)·x - w·factor·shift and
/// Σ e·x̃ = (Σ e·x - shift·Σ e)·factor, where e are the derivatives of the losses with respect to the pre-activations
/// (errors). The parameters are the first layer's weights (units x features) and biases, then those of the upper
/// layers. All sums over examples are sums of whole numbers, see ``PixelPass``.
struct PrimalDescent: Descent {
  private let dataset: Dataset
  private let upperLayers: UpperLayers
  private let configuration: TrainingConfiguration
  private let scaling: FeatureTransform
  /// The initial first layer, for scaled features.
  private let first: DenseLayer
  private let units: Int
  var parameters: [Double]
  private let weightRanges: [Range<Int>]
  private let pass: PixelPass
  private let workspaces: BlockWorkspaces
  /// The gradient of the upper layers.
  private let upperGradient: FixedPointSums
  /// The weights and the biases of the first layer for bytes.
  private var weights: [Double]
  private var bias: [Double]

  init(_ dataset: Dataset, configuration: TrainingConfiguration, scaling: FeatureTransform, from network: Network) {
    self.dataset = dataset
    self.configuration = configuration
    self.scaling = scaling
    upperLayers = UpperLayers(network, labels: dataset.examples.map(\.label), configuration: configuration)
    units = upperLayers.units[0]
    first = scaling.unfolded(network.layers[0])
    (weights, bias) = (first.weights.elements, first.bias)
    parameters = ParameterLayout.vector(of: [first] + network.layers.dropFirst())
    let start = weights.count + units
    weightRanges =
      [0..<weights.count] + upperLayers.layout.weightRanges.map { start + $0.lowerBound..<start + $0.upperBound }
    pass = PixelPass(dataset, units: units, weightDigits: scaling.weightDigits)
    workspaces = BlockWorkspaces(upperLayers, blocks: pass.threads, examples: pass.group)
    upperGradient = FixedPointSums(count: upperLayers.layout.count, threads: pass.threads)
  }

  mutating func evaluate(gradient: inout [Double]) -> Double {
    let share = 1 / Double(dataset.count)
    setForBytes()
    let cost = gradient.withUnsafeMutableBufferPointer { gradient in
      // With several hidden layers, the largest numbers are estimated. If one of them is larger, start again with larger
      // ones, up to infinite ones, for which the cost is not a number.
      var factor = 1.0
      while true {
        if let cost = run(gradient, factor: factor, share: share) { return cost * share }
        factor *= 0x1p16
      }
    }
    return cost + configuration.penalize(parameters, weightRanges, gradient: &gradient)
  }

  /// Computes the weights and the biases of the first layer for bytes.
  private mutating func setForBytes() {
    let features = dataset.featureCount
    parameters.withUnsafeBufferPointer { parameters in
      weights.withUnsafeMutableBufferPointer { weights in
        guard let from = parameters.baseAddress, let to = weights.baseAddress else { return }
        for unit in 0..<units {
          bias[unit] =
            from[units * features + unit] - scaling.forBytes(from + unit * features, into: to + unit * features)
        }
      }
    }
  }

  /// Performs a pass, and computes the gradient times `share`. Returns the sum of the losses; nil if a number is larger than
  /// `factor` times the estimate.
  private func run(_ gradient: UnsafeMutableBufferPointer<Double>, factor: Double, share: Double) -> Double? {
    let (upperLayers, workspaces, upperGradient) = (upperLayers, workspaces, upperGradient)
    workspaces.clear()
    upperGradient.clear()
    let start = weights.count + units
    return parameters.withUnsafeBufferPointer { parameters -> Double? in
      guard let base = parameters.baseAddress else { return 0 }
      nonisolated(unsafe) let upperParameters = base + start
      let magnitudes = upperLayers.magnitudes(
        upperParameters, preactivation: largestPreactivation, group: pass.group)
      guard let format = FixedPoint(largest: magnitudes.gradient * factor, terms: dataset.count) else { return .nan }
      let cost = pass.run(
        weights: weights, bias: bias, largestError: magnitudes.error * factor, adding: upperGradient
      ) { examples, panel, stride, thread in
        let gradient = workspaces.gradient(thread)
        let loss = upperLayers.evaluate(
          examples, panel: panel, stride: stride, parameters: upperParameters, gradient: gradient,
          workspace: workspaces.workspace(thread))
        return upperGradient.add(gradient, format, thread: thread) || !loss.isFinite ? loss : nil
      }
      guard let cost else { return nil }
      collect(into: gradient, share: share)
      upperGradient.collect(into: UnsafeMutableBufferPointer(rebasing: gradient[start...]), format, share: share)
      return cost
    }
  }

  /// A bound for the absolute values of the first layer's pre-activations, which hidden layers need.
  private var largestPreactivation: Double {
    guard upperLayers.units.count > 1 else { return 0 }
    return 255 * Double(dataset.featureCount) * PixelKernels.largest(weights, count: weights.count)
      + PixelKernels.largest(bias, count: bias.count)
  }

  /// Computes the gradient of the first layer from the last pass.
  private func collect(into gradient: UnsafeMutableBufferPointer<Double>, share: Double) {
    guard let gradient = gradient.baseAddress else { return }
    let features = dataset.featureCount
    pass.total.withUnsafeBufferPointer { sums in
      guard let sums = sums.baseAddress else { return }
      for unit in 0..<units {
        let start = unit * features
        scaling.scaled(sums + start, errors: pass.errors[unit], share: share, into: gradient + start)
        gradient[units * features + unit] = pass.errors[unit] * share
      }
    }
  }

  func network() -> Network {
    let count = units * dataset.featureCount
    var layer = first
    layer.weights.elements = Array(parameters[..<count])
    layer.bias = Array(parameters[count..<count + units])
    return Network(layers: [scaling.folded(layer)] + upperLayers.layout.layers(of: parameters[(count + units)...]))
  }

  /// Returns the vector itself: the coordinates are weights and biases, so M is the identity.
  func applyInnerProductMatrix(to vector: [Double]) -> [Double] { vector }

  func curvature() -> Double? {
    guard upperLayers.units.count == 1 else { return nil }
    return configuration.largestCurvature(
      eigenvalue: scaling.largestEigenvalue(of: dataset), logits: units, classCounts: dataset.classCounts)
  }
}
