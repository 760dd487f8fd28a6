import Datasets
import LinearAlgebra
import NeuralNetworks

/// Gradient descent on coefficients. Every update of the weights adds a combination of the examples, so
/// W = W⁰ + Σᵢ aᵢ·(xᵢ - μ)/255, and the logits of the examples are z = z⁰ + G·a + b with G the Gram matrix of the scaled
/// (and centred) examples. One update is aᵢ -= α/m·(σ(zᵢ) - yᵢ): nothing in an iteration knows of pixels.
struct DualDescent: Descent {
  private let dataset: Dataset
  private let labels: [Double]
  private let loss: Loss
  private let mean: [Double]?
  private let initial: Network
  /// (X - μ)·(X - μ)ᵀ / 255², m x m.
  private let gram: [Double]
  /// W⁰·(x - μ)/255 for each example.
  private let initialLogits: [Double]
  private var coefficients: [Double]
  private var bias: Double
  // Room for an iteration's numbers, so that it takes no memory.
  private var logits: [Double]
  private var errors: [Double]
  private var losses: [Double]

  /// - Parameters:
  ///   - dataset: m examples of n features.
  ///   - loss: the loss of one example.
  ///   - mean: n bytes' means to subtract, or nil.
  ///   - network: where to start.
  init(_ dataset: Dataset, loss: Loss, mean: [Double]?, from network: Network) {
    self.dataset = dataset
    self.loss = loss
    self.mean = mean
    initial = network
    labels = dataset.examples.map { Double($0.label) }
    let raw = dataset.withRows { rows in
      GramMatrix(count: dataset.count, features: dataset.featureCount) { rows[$0] }.elements
    }
    gram = Self.scaled(raw, count: dataset.count, isCentred: mean != nil)
    let shift = mean.map { zip(network.layers[0].weights.elements, $0).reduce(0) { $0 + $1.0 * $1.1 } } ?? 0
    let startBias = network.layers[0].bias[0]
    initialLogits = (0..<dataset.count).map { i in
      dataset.withFeatures(of: i, network.logit) - startBias - shift / 255
    }
    bias = startBias + shift / 255
    coefficients = Array(repeating: 0, count: dataset.count)
    logits = coefficients
    errors = coefficients
    losses = coefficients
  }

  /// H·G·H / 255² where centred (H takes the mean away), else G / 255².
  private static func scaled(_ gram: [Double], count: Int, isCentred: Bool) -> [Double] {
    let scale = 1 / (255.0 * 255)
    guard isCentred else { return gram.map { $0 * scale } }
    let means = (0..<count).map { i in gram[i * count..<(i + 1) * count].reduce(0, +) / Double(count) }
    let total = means.reduce(0, +) / Double(count)
    return gram.indices.map { (gram[$0] - means[$0 / count] - means[$0 % count] + total) * scale }
  }

  mutating func step(learningRate: Double) -> Double {
    forward(coefficients)
    for i in logits.indices { logits[i] += initialLogits[i] + bias }
    evaluate()
    let rate = learningRate / Double(dataset.count)
    var (cost, errorSum) = (0.0, 0.0)
    for i in errors.indices {
      cost += losses[i]
      errorSum += errors[i]
      coefficients[i] -= rate * errors[i]
    }
    bias -= rate * errorSum
    return cost / Double(dataset.count)
  }

  /// logits = G·vector.
  private mutating func forward(_ vector: [Double]) {
    gram.withUnsafeBufferPointer { gram in
      vector.withUnsafeBufferPointer { vector in
        logits.withUnsafeMutableBufferPointer { PixelKernels.multiply(gram, vector, into: $0) }
      }
    }
  }

  private mutating func evaluate() {
    switch loss {
    case .crossEntropy:
      logits.withUnsafeBufferPointer { logits in
        labels.withUnsafeBufferPointer { labels in
          errors.withUnsafeMutableBufferPointer { errors in
            losses.withUnsafeMutableBufferPointer { losses in
              PixelKernels.crossEntropy(logits, labels: labels, errors: errors, losses: losses)
            }
          }
        }
      }
    }
  }

  func curvature() -> Double {
    let count = dataset.count
    let eigenvalue = PowerIteration.largestEigenvalue(count: count) { vector in
      let sum = vector.reduce(0, +)
      return [Double](unsafeUninitializedCapacity: count) { products, initialized in
        gram.withUnsafeBufferPointer { gram in
          vector.withUnsafeBufferPointer { PixelKernels.multiply(gram, $0, into: products) }
        }
        for i in 0..<count { products[i] += sum }
        initialized = count
      }
    }
    return loss.largestCurvature * eigenvalue / Double(count)
  }

  func network() -> Network {
    var network = initial
    var sums = [Double](repeating: 0, count: dataset.featureCount)
    sums.withUnsafeMutableBufferPointer { sums in
      for i in 0..<dataset.count {
        dataset.withFeatures(of: i) { PixelKernels.add(coefficients[i], times: $0, to: sums) }
      }
    }
    let total = coefficients.reduce(0, +)
    var shift = 0.0
    for j in sums.indices {
      let mean = mean?[j] ?? 0
      network.layers[0].weights.elements[j] += (sums[j] - total * mean) / 255
      shift += network.layers[0].weights.elements[j] * mean
    }
    network.layers[0].bias = [bias - shift / 255]
    return network
  }
}
