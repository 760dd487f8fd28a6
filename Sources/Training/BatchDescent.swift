import Datasets
import Glibc
import LinearAlgebra
import NeuralNetworks

/// Gradient descent on batches of examples, in Float32: forward and backward through all layers with products of matrices.
final class BatchDescent {
  /// Weights (units x inputs, row by row) and biases, layer by layer, for scaled features.
  private(set) var parameters: [Float]
  /// Their gradient on the last batch.
  private(set) var gradient: [Float]
  /// The ranges of weights among them, which penalties apply to.
  let weightRanges: [Range<Int>]

  private let dataset: Dataset
  private let objective: Objective
  private let scaling: FeatureScaling
  private let widths: [Int]
  private let activations: [Activation]
  private let classWeights: [Double]
  private let factors: [Float]
  private let offsets: [Float]
  /// The scaled features and every layer's activations of a batch, each batch x width.
  private var values: [[Float]]
  /// The errors of a layer and of the one below.
  private var errors: [Float]
  private var lowerErrors: [Float]

  /// - Parameters:
  ///   - dataset: m examples of n features.
  ///   - objective: what is minimized.
  ///   - scaling: how bytes become numbers.
  ///   - network: where to start.
  ///   - batchSize: the most examples of a batch.
  init(_ dataset: Dataset, objective: Objective, scaling: FeatureScaling, from network: Network, batchSize: Int) {
    self.dataset = dataset
    self.objective = objective
    self.scaling = scaling
    widths = [dataset.featureCount] + network.layers.map(\.bias.count)
    activations = network.layers.map(\.activation)
    classWeights = objective.classWeights.weights(counts: dataset.classCounts)
    factors = scaling.factor.map(Float.init)
    offsets = zip(scaling.shift, scaling.factor).map { Float(-$0 * $1) }
    let (weights, bias) = scaling.unfolded(network.layers[0])
    let further = network.layers.dropFirst().map { ($0.weights.elements, $0.bias) }
    var (parameters, ranges) = ([Float](), [Range<Int>]())
    for (weights, bias) in [(weights, bias)] + further {
      ranges.append(parameters.count..<parameters.count + weights.count)
      parameters += weights.map(Float.init) + bias.map(Float.init)
    }
    (self.parameters, weightRanges) = (parameters, ranges)
    gradient = Array(repeating: 0, count: parameters.count)
    values = widths.map { Array(repeating: 0, count: batchSize * $0) }
    errors = Array(repeating: 0, count: batchSize * (widths.dropFirst().max() ?? 0))
    lowerErrors = errors
  }

  /// Changes the parameters with their gradient.
  func update(_ body: (inout [Float], [Float]) -> Void) {
    body(&parameters, gradient)
  }

  /// Forward and backward for a batch; ``gradient`` becomes that of its cost.
  ///
  /// - Parameter rows: which examples.
  /// - Returns: the batch's cost: its mean loss and the penalties.
  func evaluate(_ rows: ArraySlice<Int>) -> Double {
    load(rows)
    for layer in activations.indices { forward(layer, rows.count) }
    let cost = lossAndErrors(rows)
    for layer in activations.indices.reversed() { backward(layer, rows.count) }
    return cost + penalize()
  }

  private func load(_ rows: ArraySlice<Int>) {
    let features = widths[0]
    dataset.withRows { pixels in
      values[0].withUnsafeMutableBufferPointer { values in
        guard let base = values.baseAddress else { return }
        for (k, row) in rows.enumerated() {
          PixelKernels.scale(
            pixels[row], factors: factors, offsets: offsets, into: base + k * features, count: features)
        }
      }
    }
  }

  /// A = f(A'·Wᵀ + b).
  private func forward(_ layer: Int, _ count: Int) {
    let (inputs, units, start) = (widths[layer], widths[layer + 1], weightRanges[layer].lowerBound)
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
    let units = widths[widths.count - 1]
    let classes = max(units, 2)
    let smoothing = objective.labelSmoothing
    var targets = [Double](repeating: 0, count: classes)
    var (total, logits) = (0.0, [Double](repeating: 0, count: units))
    for (k, row) in rows.enumerated() {
      let label = dataset.examples[row].label
      for c in 0..<classes { targets[c] = (c == label ? 1 - smoothing : 0) + smoothing / Double(classes) }
      for u in 0..<units { logits[u] = Double(values[values.count - 1][k * units + u]) }
      let weight = classWeights[label] / Double(rows.count)
      if units == 1 {
        total += weight * objective.loss.value(logit: logits[0], label: targets[1])
        errors[k] = Float(weight * objective.loss.gradient(logit: logits[0], label: targets[1]))
      } else {
        total += weight * objective.loss.value(logits: logits, targets: targets)
        let gradient = objective.loss.gradient(logits: logits, targets: targets)
        for u in 0..<units { errors[k * units + u] = Float(weight * gradient[u]) }
      }
    }
    return total
  }

  /// dW = Eᵀ·A', db = Σ E, and the errors of the layer below, (E·W) times the derivative of its activation.
  private func backward(_ layer: Int, _ count: Int) {
    let (inputs, units, start) = (widths[layer], widths[layer + 1], weightRanges[layer].lowerBound)
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

  /// Adds the gradients of the penalties, and returns these.
  private func penalize() -> Double {
    let (l1, l2) = (Float(objective.l1), Float(objective.l2))
    guard l1 != 0 || l2 != 0 else { return 0 }
    var (squares, sizes) = (0.0, 0.0)
    parameters.withUnsafeBufferPointer { parameters in
      gradient.withUnsafeMutableBufferPointer { gradient in
        for range in weightRanges {
          for j in range {
            let weight = parameters[j]
            squares += Double(weight * weight)
            sizes += Double(abs(weight))
            gradient[j] += l2 * weight + (weight > 0 ? l1 : weight < 0 ? -l1 : 0)
          }
        }
      }
    }
    return objective.l2 / 2 * squares + objective.l1 * sizes
  }

  /// The network that parameters stand for.
  func network(of parameters: [Float]) -> Network {
    var layers: [DenseLayer] = []
    for (index, range) in weightRanges.enumerated() {
      let (inputs, units) = (widths[index], widths[index + 1])
      let weights = parameters[range].map(Double.init)
      let bias = parameters[range.upperBound..<range.upperBound + units].map(Double.init)
      layers.append(
        index == 0
          ? scaling.folded(weights: weights, bias: bias, activation: activations[0])
          : DenseLayer(
            weights: Matrix(rows: units, columns: inputs, elements: weights), bias: bias,
            activation: activations[index]))
    }
    return Network(layers: layers)
  }
}
