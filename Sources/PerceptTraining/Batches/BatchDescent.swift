import PerceptDatasets
import PerceptLinearAlgebra
import PerceptModels

/// The cost and gradient of a network on batches, in Float32: forward and backward propagation by matrix products.
///
/// The work is divided by the shapes of the batch and the network, not by the number of cores, so neither does the result
/// depend on it. First, each part of the examples is propagated forward and backward. Then, each slab of the weights gets
/// its gradient from all examples, so no gradients are added.
final class BatchDescent: @unchecked Sendable {
  /// The weights (units x inputs, row by row) and biases of each layer, for scaled features.
  var parameters: [Float]
  /// The gradient on the last batch.
  private(set) var gradient: [Float]
  let layout: ParameterLayout

  private let labels: [Int]
  private let configuration: TrainingConfiguration
  private let scaling: FeatureTransform
  private let loader: BatchLoader
  private let activations: [Activation]
  private let classWeights: [Double]
  private let workspace: BatchWorkspace
  /// The largest number of examples in a part.
  private let partSize: Int
  private let slabs: [Slab]
  /// The ranges of slabs that one thread computes.
  private let slabGroups: [Range<Int>]

  /// The weights of some inputs of a layer.
  private struct Slab {
    let layer: Int
    let inputs: Range<Int>
  }

  /// The largest size of a part, unless it has too little work, and of a slab: small enough for a few cores to share a
  /// batch of 128, large enough for products at full speed.
  private static let (examplesPerPart, inputsPerSlab) = (64, 256)
  /// The number of multiplications for which another thread is worth its start.
  private static let leastWork = 1 << 20

  private var widths: [Int] { layout.widths }

  /// `batchSize` is the largest number of examples in a batch.
  init(
    _ dataset: Dataset, configuration: TrainingConfiguration, scaling: FeatureTransform, from network: Network,
    batchSize: Int
  ) {
    labels = dataset.examples.map(\.label)
    var configuration = configuration
    // AdamW applies the L2 penalty in its update, not in the gradient.
    if configuration.optimizer == .adamW { configuration.l2 = 0 }
    self.configuration = configuration
    self.scaling = scaling
    let layout = ParameterLayout(inputs: dataset.featureCount, network.layers)
    self.layout = layout
    partSize = max(Self.examplesPerPart, Self.leastWork / layout.count)
    let parts = EvenBlocks(batchSize, atMost: partSize).count
    loader = BatchLoader(
      dataset, scaling: scaling, augmentation: configuration.augmentation, seed: configuration.seed, parts: parts)
    activations = network.layers.map(\.activation)
    classWeights = configuration.classWeights.weights(counts: dataset.classCounts)
    let layers = [scaling.unfolded(network.layers[0])] + network.layers.dropFirst()
    parameters = ParameterLayout.vector(of: layers).map(Float.init)
    gradient = Array(repeating: 0, count: parameters.count)
    workspace = BatchWorkspace(widths: layout.widths, batchSize: batchSize, parts: parts)
    slabs = network.layers.indices.flatMap { layer in
      EvenBlocks(layout.widths[layer], atMost: Self.inputsPerSlab).map { Slab(layer: layer, inputs: $0) }
    }
    slabGroups = Self.groups(slabs.map { $0.inputs.count * layout.widths[$0.layer + 1] * batchSize })
  }

  /// Returns consecutive ranges of pieces of work, each at least ``leastWork`` if all are.
  private static func groups(_ work: [Int]) -> [Range<Int>] {
    var (starts, sum) = ([0], 0)
    for (index, own) in work.enumerated() {
      if sum >= leastWork, work[index...].reduce(0, +) >= leastWork {
        starts.append(index)
        sum = 0
      }
      sum += own
    }
    return zip(starts, starts.dropFirst() + [work.count]).map { $0..<$1 }
  }

  /// Updates the parameters with a closure that takes them and the gradient.
  func update(_ body: (inout [Float], [Float]) -> Void) {
    body(&parameters, gradient)
  }

  /// Returns the cost of a batch, the mean loss plus the penalties, and stores its gradient in ``gradient``.
  func evaluate(_ rows: ArraySlice<Int>, iteration: Int) -> Double {
    let parts = EvenBlocks(rows.count, atMost: partSize)
    parameters.withUnsafeBufferPointer { parameters in
      gradient.withUnsafeMutableBufferPointer { gradient in
        guard let parameters = parameters.baseAddress, let gradient = gradient.baseAddress else { return }
        nonisolated(unsafe) let (weights, sums) = (parameters, gradient)
        concurrently(parts.count) { part in
          self.propagate(parts[part], of: rows, iteration: iteration, part: part, weights)
        }
        concurrently(self.slabGroups.count) { group in
          for slab in self.slabGroups[group] { self.differentiate(self.slabs[slab], rows.count, into: sums) }
        }
      }
    }
    var cost = 0.0
    for part in 0..<parts.count { cost += workspace.losses[part] }
    return cost + configuration.penalize(parameters, layout.weightRanges, gradient: &gradient)
  }

  /// Propagates a part of a batch forward to its losses, and backward to the errors of all layers.
  private func propagate(
    _ range: Range<Int>, of rows: ArraySlice<Int>, iteration: Int, part: Int, _ parameters: UnsafePointer<Float>
  ) {
    let examples = rows[rows.startIndex + range.lowerBound..<rows.startIndex + range.upperBound]
    loader.load(examples, draw: iteration, part: part, into: workspace.values[0] + range.lowerBound * widths[0])
    for layer in activations.indices { forward(layer, range, parameters) }
    workspace.losses[part] = lossAndErrors(examples, first: range.lowerBound, batchSize: rows.count)
    for layer in activations.indices.dropFirst().reversed() { backward(layer, range, parameters) }
  }

  /// Computes the activations of a layer, A = f(A'·Wᵀ + b), from those of the layer below, A'.
  private func forward(_ layer: Int, _ range: Range<Int>, _ parameters: UnsafePointer<Float>) {
    let (inputs, units, start) = (widths[layer], widths[layer + 1], layout.weightRanges[layer].lowerBound)
    let own = workspace.values[layer + 1] + range.lowerBound * units
    BLAS.multiply(
      .init(workspace.values[layer] + range.lowerBound * inputs, rows: range.count, columns: inputs),
      .init(parameters + start, rows: units, columns: inputs).transposed, into: own)
    // The loss takes logits, so the last layer has no activation.
    let activation = layer == activations.count - 1 ? .softmax : activations[layer]
    let bias = parameters + start + inputs * units
    for k in 0..<range.count { activation.apply(to: own + k * units, bias: bias, units: units) }
  }

  /// Returns the sum of the losses of consecutive examples, divided by the batch size, and stores its derivatives with
  /// respect to the logits, the errors of the last layer.
  private func lossAndErrors(_ examples: ArraySlice<Int>, first: Int, batchSize: Int) -> Double {
    let (units, smoothing, loss) = (widths[widths.count - 1], configuration.labelSmoothing, configuration.loss)
    let values = workspace.values[widths.count - 1] + first * units
    let errors = workspace.errors[widths.count - 2] + first * units
    return withUnsafeTemporaryAllocation(of: Double.self, capacity: units) { buffer in
      guard let logits = buffer.baseAddress else { return 0 }
      var total = 0.0
      for (k, row) in examples.enumerated() {
        let label = labels[row]
        let weight = classWeights[label] / Double(batchSize)
        for u in 0..<units { logits[u] = Double(values[k * units + u]) }
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

  /// Computes the errors of the layer below, E·W times the derivative of its activation.
  private func backward(_ layer: Int, _ range: Range<Int>, _ parameters: UnsafePointer<Float>) {
    let (inputs, units) = (widths[layer], widths[layer + 1])
    let below = workspace.errors[layer - 1] + range.lowerBound * inputs
    BLAS.multiply(
      .init(workspace.errors[layer] + range.lowerBound * units, rows: range.count, columns: units),
      .init(parameters + layout.weightRanges[layer].lowerBound, rows: units, columns: inputs), into: below)
    activations[layer - 1].differentiate(
      at: workspace.values[layer] + range.lowerBound * inputs, below, count: range.count * inputs)
  }

  /// Computes the gradient of a slab, dW = Eᵀ·A', over `count` examples. That of the bias, db = Σ E, belongs to the first
  /// slab of a layer.
  private func differentiate(_ slab: Slab, _ count: Int, into gradient: UnsafeMutablePointer<Float>) {
    let (inputs, units) = (widths[slab.layer], widths[slab.layer + 1])
    let (errors, start) = (workspace.errors[slab.layer], gradient + layout.weightRanges[slab.layer].lowerBound)
    BLAS.multiply(
      BLAS.Operand(errors, rows: count, columns: units).transposed,
      BLAS.Operand(
        workspace.values[slab.layer] + slab.inputs.lowerBound, rows: count, columns: slab.inputs.count, stride: inputs),
      into: start + slab.inputs.lowerBound, stride: inputs)
    guard slab.inputs.lowerBound == 0 else { return }
    let bias = start + inputs * units
    bias.update(repeating: 0, count: units)
    for k in 0..<count {
      let row = errors + k * units
      for u in 0..<units { bias[u] += row[u] }
    }
  }

  func network() -> Network {
    let layers = layout.layers(of: parameters.map(Double.init)[...])
    return Network(layers: [scaling.folded(layers[0])] + layers.dropFirst())
  }
}
