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
struct PrimalDescent {
  /// The weights while they are trained: for pixels minus `mean`.
  struct State {
    var weights: [Double]
    var bias: Double
  }

  private let dataset: Dataset
  private let labels: [Double]
  private let loss: Loss
  private let mean: [Double]?
  private let blocks: [Range<Int>]

  /// - Parameters:
  ///   - dataset: m examples of n features.
  ///   - loss: the loss of one example.
  ///   - mean: n bytes' means to subtract, or nil.
  init(_ dataset: Dataset, loss: Loss, mean: [Double]?) {
    self.dataset = dataset
    self.loss = loss
    self.mean = mean
    labels = dataset.examples.map { Double($0.label) }
    blocks = Self.blocks(of: dataset.count)
  }

  /// The mean image of a dataset: n means of bytes.
  static func mean(of dataset: Dataset) -> [Double] {
    let sums = transposedProduct(dataset, blocks: blocks(of: dataset.count)) { _ in 1 }
    return sums.map { $0 / Double(dataset.count) }
  }

  /// The state that computes what `network` computes.
  func start(from network: Network) -> State {
    let weights = network.layers[0].weights.elements
    return State(weights: weights, bias: network.layers[0].bias[0] + product(weights, mean) / 255)
  }

  /// The network that computes what `state` computes: the mean image folds into the bias.
  func network(of state: State) -> Network {
    var network = Network.neuron(inputs: state.weights.count)
    network.layers[0].weights.elements = state.weights
    network.layers[0].bias = [state.bias - product(state.weights, mean) / 255]
    return network
  }

  /// Steps 2 to 5 of the article, once.
  ///
  /// - Parameters:
  ///   - state: is moved by -α times the gradient.
  ///   - learningRate: α.
  /// - Returns: the cost before the move.
  func step(_ state: inout State, learningRate: Double) -> Double {
    let count = Double(dataset.count)
    let offset = state.bias - product(state.weights, mean) / 255
    let (cost, errorSum, sums) = pass(weights: state.weights, offset: offset)
    let rate = learningRate / count
    for j in state.weights.indices {
      state.weights[j] -= rate * (sums[j] - errorSum * (mean?[j] ?? 0)) / 255
    }
    state.bias -= rate * errorSum
    return cost / count
  }

  /// A bound L on the curvature of the cost over (w, b): c·λmax/m, where λmax is the largest eigenvalue of X̃ᵀ·X̃ for the
  /// scaled examples with a feature of ones, and c the loss's largest curvature (1/4 for cross-entropy).
  ///
  /// λmax comes by power iteration on examples, v ← X̃ᵀ·X̃·v, from a random start, until it changes by less than 1e-9 of
  /// itself.
  func curvature() -> Double {
    let count = dataset.count
    var generator = SeededGenerator(seed: 0)
    var vector = (0..<count).map { _ in Double.random(in: 0.5...1.5, using: &generator) }
    var eigenvalue = 0.0
    for _ in 0..<100 {
      let length = vector.reduce(0) { $0 + $1 * $1 }.squareRoot()
      for i in vector.indices { vector[i] /= length }
      let next = gramProduct(vector)
      let estimate = zip(vector, next).reduce(0) { $0 + $1.0 * $1.1 }
      let isSettled = abs(estimate - eigenvalue) <= 1e-9 * estimate
      (vector, eigenvalue) = (next, estimate)
      if isSettled { break }
    }
    return loss.largestCurvature * max(eigenvalue, .leastNormalMagnitude) / Double(count)
  }

  /// X̃ᵀ·(X̃·v) for examples as columns of X̃: how the Gram matrix acts on one number an example.
  private func gramProduct(_ vector: [Double]) -> [Double] {
    let sum = vector.reduce(0, +)
    var weights = Self.transposedProduct(dataset, blocks: blocks) { vector[$0] }
    for j in weights.indices { weights[j] = (weights[j] - sum * (mean?[j] ?? 0)) / 255 }
    let shift = product(weights, mean)
    return logits(weights: weights, offset: -shift / 255 + sum)
  }

  private func logits(weights: [Double], offset: Double) -> [Double] {
    [Double](unsafeUninitializedCapacity: dataset.count) { buffer, count in
      nonisolated(unsafe) let logits = buffer
      concurrently(blocks.count) { block in
        weights.withUnsafeBufferPointer { weights in
          for i in blocks[block] {
            logits.initializeElement(
              at: i, to: dataset.withFeatures(of: i) { PixelKernels.dot(weights, $0) } / 255 + offset)
          }
        }
      }
      count = dataset.count
    }
  }

  /// Forward and backward over all examples: the sum of losses, Σ e and Σ e·x, with e = dloss/dz.
  private func pass(weights: [Double], offset: Double) -> (cost: Double, errorSum: Double, sums: [Double]) {
    var scalars = [(cost: Double, errorSum: Double)](repeating: (0, 0), count: blocks.count)
    let sums = scalars.withUnsafeMutableBufferPointer { buffer in
      nonisolated(unsafe) let scalars = buffer
      return Self.blockSums(dataset.featureCount, blocks: blocks) { block, sums in
        var (cost, errorSum) = (0.0, 0.0)
        weights.withUnsafeBufferPointer { weights in
          for i in blocks[block] {
            dataset.withFeatures(of: i) { pixels in
              let logit = PixelKernels.dot(weights, pixels) / 255 + offset
              let error = loss.gradient(logit: logit, label: labels[i])
              cost += loss.value(logit: logit, label: labels[i])
              errorSum += error
              PixelKernels.add(error, times: pixels, to: sums)
            }
          }
        }
        scalars[block] = (cost, errorSum)
      }
    }
    return (scalars.reduce(0) { $0 + $1.cost }, scalars.reduce(0) { $0 + $1.errorSum }, sums)
  }

  /// Σᵢ factor(i)·xᵢ over all examples, n sums.
  private static func transposedProduct(
    _ dataset: Dataset, blocks: [Range<Int>], factor: @Sendable (Int) -> Double
  ) -> [Double] {
    blockSums(dataset.featureCount, blocks: blocks) { block, sums in
      for i in blocks[block] { dataset.withFeatures(of: i) { PixelKernels.add(factor(i), times: $0, to: sums) } }
    }
  }

  /// `count` sums, each block's gathered apart and then added in the order of the blocks.
  private static func blockSums(
    _ count: Int, blocks: [Range<Int>],
    gather: @Sendable (_ block: Int, _ sums: UnsafeMutableBufferPointer<Double>) -> Void
  ) -> [Double] {
    var all = [Double](repeating: 0, count: count * blocks.count)
    all.withUnsafeMutableBufferPointer { buffer in
      nonisolated(unsafe) let all = buffer
      concurrently(blocks.count) { block in
        gather(block, UnsafeMutableBufferPointer(rebasing: all[block * count..<(block + 1) * count]))
      }
    }
    return all.withUnsafeBufferPointer { all in
      (0..<count).map { j in stride(from: j, to: all.count, by: count).reduce(0) { $0 + all[$1] } }
    }
  }

  /// At most sixteen blocks of about equal size, none below 32 examples unless there are fewer.
  private static func blocks(of count: Int) -> [Range<Int>] {
    let number = max(1, min(16, count / 32))
    return (0..<number).map { $0 * count / number..<($0 + 1) * count / number }
  }

  private func product(_ weights: [Double], _ mean: [Double]?) -> Double {
    guard let mean else { return 0 }
    return zip(weights, mean).reduce(0) { $0 + $1.0 * $1.1 }
  }
}
