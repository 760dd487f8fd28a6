import Datasets
import LinearAlgebra
import NeuralNetworks

/// Gradient descent on a neuron's weights: every iteration is one pass over the bytes of all examples, in which an
/// example's logit and its part of the gradient are computed while its pixels are in the cache.
///
/// The passes work with the pixels as they are and correct afterwards for the scale 1/255 and for the mean image μ,
/// where there is one: w·(x - μ)/255 = (w·x - w·μ)/255 and Σ e·(x - μ) = Σ e·x - (Σ e)·μ.
///
/// Blocks of examples are cut by shape alone and their sums added in order, so the result does not depend on the
/// number of cores.
struct PrimalDescent: Descent {
  private let dataset: Dataset
  private let loss: Loss
  private let mean: [Double]?
  private var weights: [Double]
  private var bias: Double
  private let workspace: Workspace

  /// - Parameters:
  ///   - dataset: m examples of n features.
  ///   - loss: the loss of one example.
  ///   - mean: n bytes' means to subtract, or nil.
  ///   - network: where to start.
  init(_ dataset: Dataset, loss: Loss, mean: [Double]?, from network: Network) {
    self.dataset = dataset
    self.loss = loss
    self.mean = mean
    weights = network.layers[0].weights.elements
    bias = network.layers[0].bias[0] + product(weights, mean) / 255
    workspace = Workspace(dataset)
  }

  /// The mean image of a dataset: n means of bytes.
  static func mean(of dataset: Dataset) -> [Double] {
    let workspace = Workspace(dataset)
    workspace.transposedProduct { _ in 1 }
    return workspace.total.map { $0 / Double(dataset.count) }
  }

  mutating func step(learningRate: Double) -> Double {
    let count = Double(dataset.count)
    let (cost, errorSum) = workspace.pass(weights: weights, offset: bias - product(weights, mean) / 255, loss: loss)
    let rate = learningRate / count
    workspace.total.withUnsafeBufferPointer { sums in
      weights.withUnsafeMutableBufferPointer { weights in
        if let mean {
          for j in weights.indices { weights[j] -= rate * (sums[j] - errorSum * mean[j]) / 255 }
        } else {
          for j in weights.indices { weights[j] -= rate * sums[j] / 255 }
        }
      }
    }
    bias -= rate * errorSum
    return cost / count
  }

  func network() -> Network {
    var network = Network.neuron(inputs: weights.count)
    network.layers[0].weights.elements = weights
    network.layers[0].bias = [bias - product(weights, mean) / 255]
    return network
  }

  func curvature() -> Double {
    let eigenvalue = PowerIteration.largestEigenvalue(count: dataset.count) { vector in
      let sum = vector.reduce(0, +)
      workspace.transposedProduct { vector[$0] }
      var weights = workspace.total
      for j in weights.indices { weights[j] = (weights[j] - sum * (mean?[j] ?? 0)) / 255 }
      return workspace.logits(weights: weights, offset: sum - product(weights, mean) / 255)
    }
    return loss.largestCurvature * eigenvalue / Double(dataset.count)
  }
}

/// Σ weights·mean, 0 where there is no mean.
private func product(_ weights: [Double], _ mean: [Double]?) -> Double {
  guard let mean else { return 0 }
  return weights.withUnsafeBufferPointer { weights in
    mean.withUnsafeBufferPointer { mean in
      var sum = 0.0
      for j in weights.indices { sum += weights[j] * mean[j] }
      return sum
    }
  }
}
