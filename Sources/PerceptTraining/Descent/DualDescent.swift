import PerceptDatasets
import PerceptLinearAlgebra
import PerceptModels

/// Gradient descent on coefficients. Every update of the first layer's weights adds a combination of the examples, so
/// W = s·W⁰ + A·X̃ with A units x m, and the pre-activations of the examples are Z = s·Z⁰ + A·G + b with G the Gram matrix of the
/// scaled examples. The gradient E·X̃/m + λ·W has the coordinates E/m + λ·A and λ·s: nothing in an iteration knows of pixels.
///
/// The parameters are A (units x m), s, the first layer's biases, and the further layers' parameters.
struct DualDescent: Descent {
  private let dataset: Dataset
  private let head: UpperLayers
  private let objective: Objective
  private let scaling: FeatureTransform
  /// W⁰ and b⁰ for scaled features, and ‖W⁰‖².
  private let first: DenseLayer
  private let units: Int
  /// X̃·X̃ᵀ, m x m.
  private let gram: SymmetricMatrix
  private let initialNorm: Double
  /// W⁰·x̃ of each example, units x m.
  private let initialPanel: [Double]
  var parameters: [Double]
  /// The further layers' weights; the first layer's are penalised in their own coordinates.
  private let weightRanges: [Range<Int>]
  // Room for an iteration's numbers, so that it takes no memory.
  private var products: [Double]
  private let blocks: [Range<Int>]
  private let workspaces: BlockWorkspaces

  /// - Parameters:
  ///   - dataset: m examples of n features.
  ///   - objective: what is minimized; without L1, which has no such coordinates.
  ///   - scaling: how bytes become numbers.
  ///   - network: where to start.
  init(_ dataset: Dataset, objective: Objective, scaling: FeatureTransform, from network: Network) {
    self.dataset = dataset
    self.objective = objective
    self.scaling = scaling
    head = UpperLayers(network, labels: dataset.examples.map(\.label), objective: objective)
    units = head.units[0]
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
    weightRanges = head.further.weightRanges.map { start + $0.lowerBound..<start + $0.upperBound }
    // Without further layers an example's way through the head is too short to be shared among cores.
    blocks = dataset.blocks(atMost: head.further.count == 0 ? 1 : max(1, dataset.count / 128))
    workspaces = BlockWorkspaces(head, blocks: blocks.count, examples: blocks.map(\.count).max() ?? 0)
  }

  mutating func evaluate(gradient: inout [Double]) -> Double {
    let (count, start) = (dataset.count, products.count + 1 + units)
    let (scale, share) = (parameters[products.count], 1 / Double(count))
    multiply(parameters)
    workspaces.clear()
    let cost = gradient.withUnsafeMutableBufferPointer { gradient in
      fillPanel(gradient, scale: scale)
      let cost = evaluateHead(gradient) * share
      workspaces.collect(into: UnsafeMutableBufferPointer(rebasing: gradient[start...]), share: share)
      for unit in 0..<units {
        let errors = UnsafeMutableBufferPointer(rebasing: gradient[unit * count..<(unit + 1) * count])
        gradient[products.count + 1 + unit] = sum(UnsafeBufferPointer(errors)) * share
      }
      let l2 = objective.l2
      parameters.withUnsafeBufferPointer { parameters in
        for i in 0..<products.count { gradient[i] = gradient[i] * share + l2 * parameters[i] }
      }
      gradient[products.count] = l2 * scale
      return cost
    }
    guard objective.l2 != 0 else { return cost }
    return cost + firstPenalty(scale) + objective.penalize(parameters, weightRanges, gradient: &gradient)
  }

  /// Z = s·Z⁰ + A·G + b.
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

  /// Z becomes E; returns the sum of losses.
  private func evaluateHead(_ panel: UnsafeMutableBufferPointer<Double>) -> Double {
    let (head, workspaces, blocks, count) = (head, workspaces, blocks, dataset.count)
    let start = products.count + 1 + units
    return parameters.withUnsafeBufferPointer { parameters in
      guard let base = panel.baseAddress, let parameters = parameters.baseAddress else { return 0 }
      nonisolated(unsafe) let (panel, further) = (base, parameters + start)
      return withUnsafeTemporaryAllocation(of: Double.self, capacity: blocks.count) { buffer in
        nonisolated(unsafe) let costs = buffer
        concurrently(blocks.count) { block in
          costs[block] = head.evaluate(
            blocks[block], panel: panel + blocks[block].lowerBound, stride: count, parameters: further,
            gradient: workspaces.gradient(block), workspace: workspaces.workspace(block))
        }
        return costs.reduce(0, +)
      }
    }
  }

  /// λ/2·‖W‖² = λ/2·(s²·‖W⁰‖² + 2s·⟨Z⁰, A⟩ + ⟨A, A·G⟩), from the products of the forward step.
  private func firstPenalty(_ scale: Double) -> Double {
    var square = scale * scale * initialNorm
    for i in products.indices { square += parameters[i] * (2 * scale * initialPanel[i] + products[i]) }
    return objective.l2 / 2 * square
  }

  /// products = A·G for the coefficients at the beginning of a vector.
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

  /// With W = s·W⁰ + A·X̃, ⟨W₁, W₂⟩ = ⟨A₁, A₂·G + s₂·Z⁰⟩ + s₁·(s₂·‖W⁰‖² + ⟨Z⁰, A₂⟩); biases and further layers are themselves.
  mutating func image(of vector: [Double]) -> [Double] {
    let (count, scale) = (products.count, vector[products.count])
    multiply(vector)
    var image = vector
    image[count] = scale * initialNorm
    for i in 0..<count {
      image[i] = products[i] + scale * initialPanel[i]
      image[count] += initialPanel[i] * vector[i]
    }
    return image
  }

  var coefficients: [Double]? { Array(parameters[..<products.count]) }

  func curvature() -> Double? {
    guard head.units.count == 1 else { return nil }
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
    return objective.largestCurvature(eigenvalue: eigenvalue, logits: units, classCounts: dataset.classCounts)
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
    let further = head.further.layers(of: parameters[(products.count + 1 + units)...])
    return Network(layers: [scaling.folded(layer)] + further)
  }
}
