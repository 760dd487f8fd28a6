import Datasets
import LinearAlgebra
import NeuralNetworks

/// Gradient descent on a neuron's weights: every iteration is one pass over the bytes of all examples.
///
/// The passes work with the pixels as they are and correct afterwards for the scale 1/255 and for the mean image μ,
/// where there is one: w·(x - μ)/255 = (w·x - w·μ)/255 and Σ e·(x - μ) = Σ e·x - (Σ e)·μ.
///
/// The parameters are the weights and the bias.
struct PrimalDescent: Descent {
  private let dataset: Dataset
  private let head: Head
  private let objective: Objective
  private let mean: [Double]
  var parameters: [Double]
  private let pass: PixelPass

  /// - Parameters:
  ///   - dataset: m examples of n features.
  ///   - objective: what is minimized.
  ///   - mean: n bytes' means to subtract, or nil.
  ///   - network: where to start.
  init(_ dataset: Dataset, objective: Objective, mean: [Double]?, from network: Network) {
    self.dataset = dataset
    self.objective = objective
    self.mean = mean ?? Array(repeating: 0, count: dataset.featureCount)
    head = Head(labels: dataset.examples.map { Double($0.label) }, loss: objective.loss)
    let weights = network.layers[0].weights.elements
    parameters = weights + [network.layers[0].bias[0] + dot(weights, self.mean) / 255]
    pass = PixelPass(dataset)
  }

  mutating func evaluate(gradient: inout [Double]) -> Double {
    let (count, features) = (Double(dataset.count), dataset.featureCount)
    let head = head
    var (cost, errors) = run(parameters) { head.evaluate($0, logits: $1, errors: $2) }
    cost /= count
    errors /= count
    let square = gradient.withUnsafeMutableBufferPointer { weightGradient(error: errors, into: $0) }
    gradient[features] = errors
    return cost + objective.l2 / 2 * square
  }

  /// The weights' gradient from the last pass and the mean error, and the weights' ‖W‖².
  private func weightGradient(error: Double, into gradient: UnsafeMutableBufferPointer<Double>) -> Double {
    let (share, l2) = (1 / (255 * Double(dataset.count)), objective.l2)
    var square = 0.0
    pass.total.withUnsafeBufferPointer { sums in
      parameters.withUnsafeBufferPointer { weights in
        mean.withUnsafeBufferPointer { mean in
          for j in mean.indices {
            gradient[j] = sums[j] * share - error * mean[j] / 255 + l2 * weights[j]
            square += weights[j] * weights[j]
          }
        }
      }
    }
    return square
  }

  /// A pass with (weights, bias) in one vector.
  private func run(_ vector: [Double], head: PixelPass.HeadFunction) -> PixelPass.Sums {
    vector.withUnsafeBufferPointer { vector in
      let weights = UnsafeBufferPointer(rebasing: vector[..<mean.count])
      var shift = 0.0
      for j in mean.indices { shift += weights[j] * mean[j] }
      return pass.run(weights: weights, offset: vector[mean.count] - shift / 255, head: head)
    }
  }

  func network() -> Network {
    let weights = Array(parameters.dropLast())
    var network = Network.neuron(inputs: weights.count)
    network.layers[0].weights.elements = weights
    network.layers[0].bias = [parameters[weights.count] - dot(weights, mean) / 255]
    return network
  }

  mutating func curvature() -> Double {
    let start = PowerIteration.start(examples: dataset.count)
    let total = start.reduce(0, +)
    var vector = dataset.combination { start[$0] }
    for j in mean.indices { vector[j] = (vector[j] - total * mean[j]) / 255 }
    let eigenvalue = PowerIteration.largestEigenvalue(from: vector + [total], examples: dataset.count) { vector in
      // With e = z, Σ e·x is XᵀX·u and Σ z² is uᵀ·XᵀX·u; u has length 1.
      let (square, sum) = run(vector) { _, logits, errors in
        var square = 0.0
        for k in logits.indices {
          errors[k] = logits[k]
          square += logits[k] * logits[k]
        }
        return square
      }
      for j in mean.indices { vector[j] = (pass.total[j] - sum * mean[j]) / 255 }
      vector[mean.count] = sum
      return square
    }
    return objective.largestCurvature(eigenvalue: eigenvalue, examples: dataset.count)
  }
}
