import Datasets
import LinearAlgebra
import NeuralNetworks

/// Gradient descent on coefficients. Every update of the weights adds a combination of the examples, so
/// W = s·W⁰ + Σᵢ aᵢ·(xᵢ - μ)/255, and the logits of the examples are z = s·z⁰ + G·a + b with G the Gram matrix of the scaled
/// (and centred) examples. The gradient Σᵢ eᵢ·(xᵢ - μ)/(255·m) + λ·W has the coordinates e/m + λ·a and λ·s: nothing in an
/// iteration knows of pixels.
///
/// The parameters are a (one for each example), s and b.
struct DualDescent: Descent {
  private let dataset: Dataset
  private let head: Head
  private let objective: Objective
  private let mean: [Double]?
  private let initial: Network
  /// (X - μ)·(X - μ)ᵀ / 255², m x m.
  private let gram: SymmetricMatrix
  /// W⁰·(x - μ)/255 for each example.
  private let initialLogits: [Double]
  private let initialNorm: Double
  var parameters: [Double]
  // Room for an iteration's numbers, so that it takes no memory.
  private var products: [Double]
  private var logits: [Double]

  /// - Parameters:
  ///   - dataset: m examples of n features.
  ///   - objective: what is minimized.
  ///   - mean: n bytes' means to subtract, or nil.
  ///   - network: where to start.
  init(_ dataset: Dataset, objective: Objective, mean: [Double]?, from network: Network) {
    self.dataset = dataset
    self.objective = objective
    self.mean = mean
    initial = network
    head = Head(labels: dataset.examples.map { Double($0.label) }, loss: objective.loss)
    gram = dataset.withRows { rows in
      SymmetricMatrix(gramOf: dataset.count, features: dataset.featureCount) { rows[$0] }
    }
    if mean != nil { gram.subtractMeans() }
    gram.scale(by: 1 / (255.0 * 255))
    let weights = network.layers[0].weights.elements
    let bias = network.layers[0].bias[0]
    let shift = mean.map { dot(weights, $0) / 255 } ?? 0
    initialLogits = (0..<dataset.count).map { dataset.withFeatures(of: $0, network.logit) - bias - shift }
    initialNorm = dot(weights, weights)
    products = Array(repeating: 0, count: dataset.count)
    logits = products
    parameters = products + [1, bias + shift]
  }

  mutating func evaluate(gradient: inout [Double]) -> Double {
    let count = dataset.count
    let (scale, bias) = (parameters[count], parameters[count + 1])
    multiply(parameters)
    let (cost, errors) = gradient.withUnsafeMutableBufferPointer { gradient in
      evaluate(scale, bias, errors: UnsafeMutableBufferPointer(rebasing: gradient[..<count]))
    }
    gradient[count] = objective.l2 * scale
    gradient[count + 1] = errors
    return objective.l2 == 0 ? cost : cost + penalty(scale)
  }

  /// From the products to the mean loss and the mean error; the errors become e/m + λ·a.
  private mutating func evaluate(
    _ scale: Double, _ bias: Double, errors: UnsafeMutableBufferPointer<Double>
  ) -> (cost: Double, error: Double) {
    let (share, l2) = (1 / Double(dataset.count), objective.l2)
    return logits.withUnsafeMutableBufferPointer { logits in
      initialLogits.withUnsafeBufferPointer { initial in
        products.withUnsafeBufferPointer { products in
          for i in logits.indices { logits[i] = products[i] + scale * initial[i] + bias }
        }
      }
      let loss = head.evaluate(logits.indices, logits: UnsafeBufferPointer(logits), errors: errors)
      let error = sum(UnsafeBufferPointer(errors))
      parameters.withUnsafeBufferPointer { parameters in
        for i in errors.indices { errors[i] = errors[i] * share + l2 * parameters[i] }
      }
      return (loss * share, error * share)
    }
  }

  /// λ/2·‖W‖² = λ/2·(s²·‖W⁰‖² + 2s·z⁰·a + a·G·a), from the products G·a of the forward step.
  private func penalty(_ scale: Double) -> Double {
    var square = scale * scale * initialNorm
    for i in products.indices { square += parameters[i] * (2 * scale * initialLogits[i] + products[i]) }
    return objective.l2 / 2 * square
  }

  /// products = G·(the first m elements of a vector).
  private mutating func multiply(_ vector: [Double]) {
    vector.withUnsafeBufferPointer { vector in
      products.withUnsafeMutableBufferPointer {
        gram.multiply(UnsafeBufferPointer(rebasing: vector[..<$0.count]), into: $0)
      }
    }
  }

  mutating func curvature() -> Double {
    let start = PowerIteration.start(examples: dataset.count)
    let eigenvalue = PowerIteration.largestEigenvalue(from: start, examples: dataset.count) { vector in
      multiply(vector)
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
    return objective.largestCurvature(eigenvalue: eigenvalue, examples: dataset.count)
  }

  func network() -> Network {
    let (count, features) = (dataset.count, dataset.featureCount)
    var network = initial
    let coefficients = parameters
    let sums = dataset.combination { coefficients[$0] }
    let total = parameters[..<count].reduce(0, +)
    var shift = 0.0
    for j in 0..<features {
      let mean = mean?[j] ?? 0
      let weight = parameters[count] * initial.layers[0].weights.elements[j] + (sums[j] - total * mean) / 255
      network.layers[0].weights.elements[j] = weight
      shift += weight * mean
    }
    network.layers[0].bias = [parameters[count + 1] - shift / 255]
    return network
  }
}
