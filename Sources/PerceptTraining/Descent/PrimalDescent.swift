import PerceptDatasets
import PerceptLinearAlgebra
import PerceptModels

/// Gradient descent in the primal form, on weights. Each iteration is one pass over the bytes of all examples.
///
/// The passes use unscaled bytes x. For scaled features x̃ = (x - shift)·factor, w·x̃ = (w·factor)·x - w·factor·shift and
/// Σ e·x̃ = (Σ e·x - shift·Σ e)·factor, where e are the derivatives of the losses with respect to the pre-activations
/// (errors). The parameters are the first layer's weights (units x features) and biases, then those of the upper
/// layers.
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
    pass = PixelPass(dataset, units: units)
    workspaces = BlockWorkspaces(upperLayers, blocks: pass.blocks.count, examples: PixelPass.group)
  }

  mutating func evaluate(gradient: inout [Double]) -> Double {
    let (upperLayers, workspaces, start) = (upperLayers, workspaces, weights.count + units)
    workspaces.clear()
    let cost = parameters.withUnsafeBufferPointer { parameters -> Double in
      guard let base = parameters.baseAddress else { return 0 }
      nonisolated(unsafe) let upperParameters = base + start
      return run(base) { examples, panel, stride, block in
        upperLayers.evaluate(
          examples, panel: panel, stride: stride, parameters: upperParameters, gradient: workspaces.gradient(block),
          workspace: workspaces.workspace(block))
      }
    }
    let share = 1 / Double(dataset.count)
    gradient.withUnsafeMutableBufferPointer { gradient in
      collect(into: gradient, share: share)
      workspaces.collect(into: UnsafeMutableBufferPointer(rebasing: gradient[start...]), share: share)
    }
    return cost * share + configuration.penalize(parameters, weightRanges, gradient: &gradient)
  }

  /// Performs a pass with the weights and biases of the first layer for scaled features, which are in one vector.
  private mutating func run(
    _ vector: UnsafePointer<Double>, upperLayers: PixelPass.UpperLayersFunction
  ) -> Double {
    weights.withUnsafeMutableBufferPointer { weights in
      bias.withUnsafeMutableBufferPointer { bias in
        guard let weights = weights.baseAddress, let bias = bias.baseAddress else { return 0 }
        for unit in 0..<units {
          let start = unit * dataset.featureCount
          bias[unit] =
            vector[units * dataset.featureCount + unit] - scaling.forBytes(vector + start, into: weights + start)
        }
        return pass.run(weights: weights, bias: bias, upperLayers: upperLayers)
      }
    }
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
