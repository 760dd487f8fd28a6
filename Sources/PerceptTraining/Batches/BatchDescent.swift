import Glibc
import PerceptDatasets
import PerceptLinearAlgebra
import PerceptModels

/// Gradient descent on batches of examples, in Float32: forward and backward through all layers with products of matrices.
final class BatchDescent {
  /// Weights (units x inputs, row by row) and biases, layer by layer, for scaled features.
  var parameters: [Float]
  /// Their gradient on the last batch.
  private(set) var gradient: [Float]
  /// How they stand there.
  let layout: ParameterLayout

  private let dataset: Dataset
  private let objective: Objective
  private let scaling: FeatureTransform
  private let loader: BatchLoader
  private let activations: [Activation]
  private let classWeights: [Double]
  /// The scaled features and every layer's activations of a batch, each batch x width.
  private var values: [[Float]]
  /// The errors of a layer and of the one below.
  private var errors: [Float]
  private var lowerErrors: [Float]

  private var widths: [Int] { layout.widths }

  /// - Parameters:
  ///   - dataset: m examples of n features.
  ///   - objective: what is minimized.
  ///   - scaling: how bytes become numbers.
  ///   - network: where to start.
  ///   - batchSize: the most examples of a batch.
  ///   - augmentation: how pictures are changed each time that they are looked at.
  ///   - seed: what changes are drawn from.
  init(
    _ dataset: Dataset, objective: Objective, scaling: FeatureTransform, from network: Network, batchSize: Int,
    augmentation: Augmentation, seed: UInt64
  ) {
    self.dataset = dataset
    self.objective = objective
    self.scaling = scaling
    loader = BatchLoader(dataset, scaling: scaling, augmentation: augmentation, seed: seed)
    layout = ParameterLayout(inputs: dataset.featureCount, network.layers)
    activations = network.layers.map(\.activation)
    classWeights = objective.classWeights.weights(counts: dataset.classCounts)
    let layers = [scaling.unfolded(network.layers[0])] + network.layers.dropFirst()
    parameters = ParameterLayout.vector(of: layers).map(Float.init)
    gradient = Array(repeating: 0, count: parameters.count)
    values = layout.widths.map { Array(repeating: 0, count: batchSize * $0) }
    errors = Array(repeating: 0, count: batchSize * (layout.widths.dropFirst().max() ?? 0))
    lowerErrors = errors
  }

  /// Changes the parameters with their gradient.
  func update(_ body: (inout [Float], [Float]) -> Void) {
    body(&parameters, gradient)
  }

  /// Forward and backward for a batch; ``gradient`` becomes that of its cost.
  ///
  /// - Parameters:
  ///   - rows: which examples.
  ///   - iteration: which update it is for, from 0.
  /// - Returns: the batch's cost: its mean loss and the penalties.
  func evaluate(_ rows: ArraySlice<Int>, iteration: Int) -> Double {
    values[0].withUnsafeMutableBufferPointer { features in
      if let features = features.baseAddress { loader.load(rows, draw: iteration, into: features) }
    }
    for layer in activations.indices { forward(layer, rows.count) }
    let cost = lossAndErrors(rows)
    for layer in activations.indices.reversed() { backward(layer, rows.count) }
    return cost + objective.penalize(parameters, layout.weightRanges, gradient: &gradient)
  }

  /// A = f(A'·Wᵀ + b).
  private func forward(_ layer: Int, _ count: Int) {
    let (inputs, units, start) = (widths[layer], widths[layer + 1], layout.weightRanges[layer].lowerBound)
    parameters.withUnsafeBufferPointer { parameters in
      values[layer].withUnsafeBufferPointer { below in
        values[layer + 1].withUnsafeMutableBufferPointer { own in
          guard let parameters = parameters.baseAddress, let below = below.baseAddress, let own = own.baseAddress else {
            return
          }
          BLAS.multiply(
            .init(below, rows: count, columns: inputs),
            .init(parameters + start, rows: units, columns: inputs).transposed, into: own)
          let bias = parameters + start + inputs * units
          let isLast = layer == activations.count - 1
          for k in 0..<count { apply(isLast ? nil : activations[layer], own + k * units, bias, units) }
        }
      }
    }
  }

  /// Adds the biases, and applies an activation; the last layer's logits stay logits.
  private func apply(
    _ activation: Activation?, _ row: UnsafeMutablePointer<Float>, _ bias: UnsafePointer<Float>, _ units: Int
  ) {
    switch activation {
    case .relu: for u in 0..<units { row[u] = max(row[u] + bias[u], 0) }
    case .leakyReLU:
      for u in 0..<units {
        let z = row[u] + bias[u]
        row[u] = z > 0 ? z : Float(Activation.leak) * z
      }
    case .tanh: for u in 0..<units { row[u] = tanhf(row[u] + bias[u]) }
    case .sigmoid: for u in 0..<units { row[u] = 1 / (1 + expf(-(row[u] + bias[u]))) }
    case .softmax, nil: for u in 0..<units { row[u] += bias[u] }
    }
  }

  /// The errors of the last layer, divided by the number of examples; returns the mean loss.
  private func lossAndErrors(_ rows: ArraySlice<Int>) -> Double {
    let (units, smoothing, loss) = (widths[widths.count - 1], objective.labelSmoothing, objective.loss)
    return withUnsafeTemporaryAllocation(of: Double.self, capacity: units) { buffer in
      guard let logits = buffer.baseAddress else { return 0 }
      var total = 0.0
      for (k, row) in rows.enumerated() {
        let label = dataset.examples[row].label
        let weight = classWeights[label] / Double(rows.count)
        for u in 0..<units { logits[u] = Double(values[values.count - 1][k * units + u]) }
        if units == 1 {
          let target = Double(label) * (1 - smoothing) + smoothing / 2
          total += weight * loss.value(logit: logits[0], label: target)
          logits[0] = weight * loss.gradient(logit: logits[0], label: target)
        } else {
          total += loss.replace(logits: logits, classes: units, label: label, smoothing: smoothing, weight: weight)
        }
        for u in 0..<units { errors[k * units + u] = Float(logits[u]) }
      }
      return total
    }
  }

  /// dW = Eᵀ·A', db = Σ E, and the errors of the layer below, (E·W) times the derivative of its activation.
  private func backward(_ layer: Int, _ count: Int) {
    let (inputs, units, start) = (widths[layer], widths[layer + 1], layout.weightRanges[layer].lowerBound)
    errors.withUnsafeBufferPointer { errors in
      values[layer].withUnsafeBufferPointer { below in
        gradient.withUnsafeMutableBufferPointer { gradient in
          guard let errors = errors.baseAddress, let below = below.baseAddress, let gradient = gradient.baseAddress
          else { return }
          let own = BLAS.Operand(errors, rows: count, columns: units)
          BLAS.multiply(own.transposed, .init(below, rows: count, columns: inputs), into: gradient + start)
          let bias = gradient + start + inputs * units
          bias.update(repeating: 0, count: units)
          for k in 0..<count { for u in 0..<units { bias[u] += errors[k * units + u] } }
          guard layer > 0 else { return }
          parameters.withUnsafeBufferPointer { parameters in
            lowerErrors.withUnsafeMutableBufferPointer { lower in
              guard let parameters = parameters.baseAddress, let lower = lower.baseAddress else { return }
              BLAS.multiply(own, .init(parameters + start, rows: units, columns: inputs), into: lower)
              Self.differentiate(activations[layer - 1], at: below, lower, count * inputs)
            }
          }
        }
      }
    }
    if layer > 0 { swap(&errors, &lowerErrors) }
  }

  /// errors[i] *= f'(z) for the activations a = f(z) of a layer.
  private static func differentiate(
    _ activation: Activation, at values: UnsafePointer<Float>, _ errors: UnsafeMutablePointer<Float>, _ count: Int
  ) {
    switch activation {
    case .relu: for i in 0..<count { errors[i] = values[i] > 0 ? errors[i] : 0 }
    case .leakyReLU: for i in 0..<count { errors[i] *= values[i] > 0 ? 1 : Float(Activation.leak) }
    case .tanh: for i in 0..<count { errors[i] *= 1 - values[i] * values[i] }
    case .sigmoid: for i in 0..<count { errors[i] *= values[i] * (1 - values[i]) }
    case .softmax: for i in 0..<count { errors[i] = 0 }
    }
  }

  /// The network that the parameters have come to.
  func network() -> Network {
    let layers = layout.layers(of: parameters.map(Double.init)[...])
    return Network(layers: [scaling.folded(layers[0])] + layers.dropFirst())
  }
}
