import PerceptDatasets
import PerceptLinearAlgebra
import PerceptModels

/// Gradient descent on weights: every iteration is one pass over the bytes of all examples.
///
/// The passes work with the bytes as they are. With x̃ = (x - shift)·factor for every feature, w·x̃ = (w·factor)·x - w·factor·shift
/// and Σ e·x̃ = (Σ e·x - shift·Σ e)·factor.
///
/// The parameters are the first layer's weights (units x features), its biases, and the further layers' parameters.
struct PrimalDescent: Descent {
  private let dataset: Dataset
  private let head: UpperLayers
  private let objective: Objective
  private let scaling: FeatureTransform
  /// Where it started, for scaled features.
  private let first: DenseLayer
  private let units: Int
  var parameters: [Double]
  private let weightRanges: [Range<Int>]
  private let pass: PixelPass
  private let workspaces: BlockWorkspaces
  /// The weights for bytes, and the biases.
  private var weights: [Double]
  private var bias: [Double]

  /// - Parameters:
  ///   - dataset: m examples of n features.
  ///   - objective: what is minimized.
  ///   - scaling: how bytes become numbers.
  ///   - network: where to start.
  init(_ dataset: Dataset, objective: Objective, scaling: FeatureTransform, from network: Network) {
    self.dataset = dataset
    self.objective = objective
    self.scaling = scaling
    head = UpperLayers(network, labels: dataset.examples.map(\.label), objective: objective)
    units = head.units[0]
    first = scaling.unfolded(network.layers[0])
    (weights, bias) = (first.weights.elements, first.bias)
    parameters = ParameterLayout.vector(of: [first] + network.layers.dropFirst())
    let start = weights.count + units
    weightRanges = [0..<weights.count] + head.further.weightRanges.map { start + $0.lowerBound..<start + $0.upperBound }
    pass = PixelPass(dataset, units: units)
    workspaces = BlockWorkspaces(head, blocks: pass.blocks.count, examples: PixelPass.group)
  }

  mutating func evaluate(gradient: inout [Double]) -> Double {
    let (head, workspaces, start) = (head, workspaces, weights.count + units)
    workspaces.clear()
    let cost = parameters.withUnsafeBufferPointer { parameters -> Double in
      guard let base = parameters.baseAddress else { return 0 }
      nonisolated(unsafe) let further = base + start
      return run(base) { examples, panel, stride, block in
        head.evaluate(
          examples, panel: panel, stride: stride, parameters: further, gradient: workspaces.gradient(block),
          workspace: workspaces.workspace(block))
      }
    }
    let share = 1 / Double(dataset.count)
    gradient.withUnsafeMutableBufferPointer { gradient in
      collect(into: gradient, share: share)
      workspaces.collect(into: UnsafeMutableBufferPointer(rebasing: gradient[start...]), share: share)
    }
    return cost * share + objective.penalize(parameters, weightRanges, gradient: &gradient)
  }

  /// A pass with the first layer's weights and biases, for scaled features, in one vector.
  private mutating func run(_ vector: UnsafePointer<Double>, head: PixelPass.UpperLayersFunction) -> Double {
    weights.withUnsafeMutableBufferPointer { weights in
      bias.withUnsafeMutableBufferPointer { bias in
        guard let weights = weights.baseAddress, let bias = bias.baseAddress else { return 0 }
        for unit in 0..<units {
          let start = unit * dataset.featureCount
          bias[unit] =
            vector[units * dataset.featureCount + unit] - scaling.forBytes(vector + start, into: weights + start)
        }
        return pass.run(weights: weights, bias: bias, head: head)
      }
    }
  }

  /// The first layer's part of the gradient, from the last pass.
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
    return Network(layers: [scaling.folded(layer)] + head.further.layers(of: parameters[(count + units)...]))
  }

  /// Coordinates are weights and biases themselves.
  func image(of vector: [Double]) -> [Double] { vector }

  func curvature() -> Double? {
    guard head.units.count == 1 else { return nil }
    return objective.largestCurvature(
      eigenvalue: scaling.largestEigenvalue(of: dataset), logits: units, classCounts: dataset.classCounts)
  }
}
