import PerceptDatasets
import PerceptLinearAlgebra
import PerceptModels

/// Gradient descent in the dual form, on coefficients of the examples.
///
/// Each update of the first layer's weights adds a linear combination of the m examples, so W = s·W⁰ + A·X̃, where A is
/// units x m and X̃ are the scaled examples. Their pre-activations are Z = s·Z⁰ + A·G + b, where G = X̃·X̃ᵀ is the Gram
/// matrix and Z⁰ = W⁰·X̃ᵀ. The gradient E·X̃/m + λ·W, where E are the derivatives of the losses with respect to Z
/// (errors), has the coordinates E/m + λ·A and λ·s. An iteration therefore does not access pixels. The parameters are A
/// (units x m), s, the biases of the first layer, and the parameters of the upper layers.
struct DualDescent: Descent {
  private let dataset: Dataset
  private let upperLayers: UpperLayers
  private let configuration: TrainingConfiguration
  private let scaling: FeatureTransform
  /// W⁰ and b⁰ for scaled features, and ‖W⁰‖².
  private let first: DenseLayer
  private let units: Int
  /// The Gram matrix G = X̃·X̃ᵀ, m x m.
  private let gram: SymmetricMatrix
  private let initialNorm: Double
  /// Z⁰ = W⁰·X̃ᵀ, units x m.
  private let initialPanel: [Double]
  var parameters: [Double]
  /// The ranges of the upper layers' weights. The penalty of the first layer is computed in its own coordinates.
  private let weightRanges: [Range<Int>]
  /// A·G. It is stored so that an iteration does not allocate memory.
  private var products: [Double]
  private let blocks: [Range<Int>]
  private let workspaces: BlockWorkspaces

  /// The configuration must not have an L1 penalty, which the dual form does not support.
  init(_ dataset: Dataset, configuration: TrainingConfiguration, scaling: FeatureTransform, from network: Network) {
    self.dataset = dataset
    self.configuration = configuration
    self.scaling = scaling
    upperLayers = UpperLayers(network, labels: dataset.examples.map(\.label), configuration: configuration)
    units = upperLayers.units[0]
    gram = scaling.gram(of: dataset)
    first = scaling.unfolded(network.layers[0])
    let weights = first.weights.elements
    initialNorm = dot(weights, weights)
    initialPanel =
      initialNorm == 0
      ? Array(repeating: 0, count: units * dataset.count) : scaling.products(weights, units: units, with: dataset)
    products = Array(repeating: 0, count: units * dataset.count)
    parameters = products + [1] + first.bias + ParameterLayout.vector(of: network.layers.dropFirst())
    let start = products.count + 1 + units
    weightRanges = upperLayers.layout.weightRanges.map { start + $0.lowerBound..<start + $0.upperBound }
    // Without hidden layers, the evaluation after the first layer is too short for parallel computation.
    blocks = dataset.blocks(atMost: upperLayers.layout.count == 0 ? 1 : max(1, dataset.count / 128))
    workspaces = BlockWorkspaces(upperLayers, blocks: blocks.count, examples: blocks.map(\.count).max() ?? 0)
  }

  mutating func evaluate(gradient: inout [Double]) -> Double {
    let (count, start) = (dataset.count, products.count + 1 + units)
    let (scale, share) = (parameters[products.count], 1 / Double(count))
    multiply(parameters)
    workspaces.clear()
    let cost = gradient.withUnsafeMutableBufferPointer { gradient in
      fillPanel(gradient, scale: scale)
      let cost = evaluateUpperLayers(gradient) * share
      workspaces.collect(into: UnsafeMutableBufferPointer(rebasing: gradient[start...]), share: share)
      for unit in 0..<units {
        let errors = UnsafeMutableBufferPointer(rebasing: gradient[unit * count..<(unit + 1) * count])
        gradient[products.count + 1 + unit] = sum(UnsafeBufferPointer(errors)) * share
      }
      let l2 = configuration.l2
      parameters.withUnsafeBufferPointer { parameters in
        for i in 0..<products.count { gradient[i] = gradient[i] * share + l2 * parameters[i] }
      }
      gradient[products.count] = l2 * scale
      return cost
    }
    guard configuration.l2 != 0 else { return cost }
    return cost + firstPenalty(scale) + configuration.penalize(parameters, weightRanges, gradient: &gradient)
  }

  /// Computes the pre-activations Z = s·Z⁰ + A·G + b.
  private func fillPanel(_ panel: UnsafeMutableBufferPointer<Double>, scale: Double) {
    let count = dataset.count
    initialPanel.withUnsafeBufferPointer { initial in
      products.withUnsafeBufferPointer { products in
        for unit in 0..<units {
          let bias = parameters[products.count + 1 + unit]
          for i in unit * count..<(unit + 1) * count { panel[i] = products[i] + scale * initial[i] + bias }
        }
      }
    }
  }

  /// Replaces the pre-activations Z by the errors E, and returns the sum of the losses.
  private func evaluateUpperLayers(_ panel: UnsafeMutableBufferPointer<Double>) -> Double {
    let (upperLayers, workspaces, blocks, count) = (upperLayers, workspaces, blocks, dataset.count)
    let start = products.count + 1 + units
    return parameters.withUnsafeBufferPointer { parameters in
      guard let base = panel.baseAddress, let parameters = parameters.baseAddress else { return 0 }
      nonisolated(unsafe) let (panel, upperParameters) = (base, parameters + start)
      return withUnsafeTemporaryAllocation(of: Double.self, capacity: blocks.count) { buffer in
        nonisolated(unsafe) let costs = buffer
        concurrently(blocks.count) { block in
          costs[block] = upperLayers.evaluate(
            blocks[block], panel: panel + blocks[block].lowerBound, stride: count, parameters: upperParameters,
            gradient: workspaces.gradient(block), workspace: workspaces.workspace(block))
        }
        return costs.reduce(0, +)
      }
    }
  }

  /// Returns the penalty of the first layer, λ/2·‖W‖² = λ/2·(s²·‖W⁰‖² + 2s·⟨Z⁰, A⟩ + ⟨A, A·G⟩), from the products of
  /// the forward step.
  private func firstPenalty(_ scale: Double) -> Double {
    var square = scale * scale * initialNorm
    for i in products.indices { square += parameters[i] * (2 * scale * initialPanel[i] + products[i]) }
    return configuration.l2 / 2 * square
  }

  /// Computes `products` = A·G, where A are the first elements of a vector.
  private mutating func multiply(_ vector: [Double]) {
    let count = dataset.count
    vector.withUnsafeBufferPointer { vector in
      products.withUnsafeMutableBufferPointer { products in
        for start in stride(from: 0, to: products.count, by: count) {
          gram.multiply(
            UnsafeBufferPointer(rebasing: vector[start..<start + count]),
            into: UnsafeMutableBufferPointer(rebasing: products[start..<start + count]))
        }
      }
    }
  }

  /// Returns M·v. For W = s·W⁰ + A·X̃, ⟨W₁, W₂⟩ = ⟨A₁, A₂·G + s₂·Z⁰⟩ + s₁·(s₂·‖W⁰‖² + ⟨Z⁰, A₂⟩). For biases and upper
  /// layers, M is the identity.
  mutating func applyInnerProductMatrix(to vector: [Double]) -> [Double] {
    let (count, scale) = (products.count, vector[products.count])
    multiply(vector)
    var result = vector
    result[count] = scale * initialNorm
    for i in 0..<count {
      result[i] = products[i] + scale * initialPanel[i]
      result[count] += initialPanel[i] * vector[i]
    }
    return result
  }

  var coefficients: [Double]? { Array(parameters[..<products.count]) }

  func curvature() -> Double? {
    guard upperLayers.units.count == 1 else { return nil }
    let (gram, start) = (gram, PowerIteration.start(examples: dataset.count))
    let eigenvalue = PowerIteration.largestEigenvalue(from: start, examples: start.count) { vector in
      let products = [Double](unsafeUninitializedCapacity: vector.count) { products, initialized in
        vector.withUnsafeBufferPointer { gram.multiply($0, into: products) }
        initialized = vector.count
      }
      let sum = vector.reduce(0, +)
      var (square, norm) = (0.0, 0.0)
      for i in vector.indices {
        let product = products[i] + sum
        square += product * product
        norm += vector[i] * product
        vector[i] = product
      }
      return square / norm
    }
    return configuration.largestCurvature(eigenvalue: eigenvalue, logits: units, classCounts: dataset.classCounts)
  }

  func network() -> Network {
    let (count, features, scale) = (dataset.count, dataset.featureCount, parameters[products.count])
    var layer = first
    for unit in 0..<units {
      let coefficients = Array(parameters[unit * count..<(unit + 1) * count])
      let (sums, total) = (dataset.combination { coefficients[$0] }, coefficients.reduce(0, +))
      for j in 0..<features {
        layer.weights.elements[unit * features + j] =
          scale * first.weights.elements[unit * features + j] + (sums[j] - total * scaling.shift[j]) * scaling.factor[j]
      }
    }
    layer.bias = Array(parameters[(products.count + 1)...].prefix(units))
    let upper = upperLayers.layout.layers(of: parameters[(products.count + 1 + units)...])
    return Network(layers: [scaling.folded(layer)] + upper)
  }
}
