import Glibc
import PerceptDatasets
import PerceptLinearAlgebra
import PerceptModels

/// The cost and gradient of a network on batches, in Float32: forward and backward propagation by matrix products.
final class BatchDescent {
  /// The weights (units x inputs, row by row) and biases of each layer, for scaled features.
  var parameters: [Float]
  /// The gradient on the last batch.
  private(set) var gradient: [Float]
  let layout: ParameterLayout

  private let dataset: Dataset
  private let configuration: TrainingConfiguration
  private let scaling: FeatureTransform
  private let loader: BatchLoader
  private let activations: [Activation]
  private let classWeights: [Double]
  /// The scaled features of a batch, followed by the activations of each layer, each batch size x width.
  private var values: [[Float]]
  /// The derivatives of the loss with respect to the pre-activations of a layer, and of the layer below.
  private var errors: [Float]
  private var lowerErrors: [Float]

  private var widths: [Int] { layout.widths }

  /// `batchSize` is the largest number of examples in a batch.
  init(
    _ dataset: Dataset, configuration: TrainingConfiguration, scaling: FeatureTransform, from network: Network,
    batchSize: Int
  ) {
    self.dataset = dataset
    var configuration = configuration
    // AdamW applies the L2 penalty in its update, not in the gradient.
    if configuration.optimizer == .adamW { configuration.l2 = 0 }
    self.configuration = configuration
    self.scaling = scaling
    loader = BatchLoader(dataset, scaling: scaling, augmentation: configuration.augmentation, seed: configuration.seed)
    layout = ParameterLayout(inputs: dataset.featureCount, network.layers)
    activations = network.layers.map(\.activation)
    classWeights = configuration.classWeights.weights(counts: dataset.classCounts)
    let layers = [scaling.unfolded(network.layers[0])] + network.layers.dropFirst()
    parameters = ParameterLayout.vector(of: layers).map(Float.init)
    gradient = Array(repeating: 0, count: parameters.count)
    values = layout.widths.map { Array(repeating: 0, count: batchSize * $0) }
    errors = Array(repeating: 0, count: batchSize * (layout.widths.dropFirst().max() ?? 0))
    lowerErrors = errors
  }

  /// Updates the parameters with a closure that takes them and the gradient.
  func update(_ body: (inout [Float], [Float]) -> Void) {
    body(&parameters, gradient)
  }

  /// Returns the cost of a batch, the mean loss plus the penalties, and stores its gradient in ``gradient``.
  func evaluate(_ rows: ArraySlice<Int>, iteration: Int) -> Double {
    values[0].withUnsafeMutableBufferPointer { features in
      if let features = features.baseAddress { loader.load(rows, draw: iteration, into: features) }
    }
    for layer in activations.indices { forward(layer, rows.count) }
    let cost = lossAndErrors(rows)
    for layer in activations.indices.reversed() { backward(layer, rows.count) }
    return cost + configuration.penalize(parameters, layout.weightRanges, gradient: &gradient)
  }

  /// Computes the activations of a layer, A = f(A'·Wᵀ + b), from those of the layer below, A'.
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

  /// Adds the biases and applies the activation. Nil, for the last layer, applies none and leaves logits.
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

  /// Computes the mean loss, and its derivatives with respect to the logits (errors).
  private func lossAndErrors(_ rows: ArraySlice<Int>) -> Double {
    let (units, smoothing, loss) = (widths[widths.count - 1], configuration.labelSmoothing, configuration.loss)
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

  /// Computes the gradient of a layer, dW = Eᵀ·A' and db = Σ E, and the errors of the layer below, which are E·W times
  /// the derivative of its activation.
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

  /// Multiplies errors by the derivatives of a layer's activations a = f(z): errors[i] *= f'(zᵢ).
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

  func network() -> Network {
    let layers = layout.layers(of: parameters.map(Double.init)[...])
    return Network(layers: [scaling.folded(layers[0])] + layers.dropFirst())
  }
}
