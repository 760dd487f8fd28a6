import PerceptLinearAlgebra
import PerceptModels
import PerceptPlatform

/// The computation of the cost from the first layer's pre-activations: activations, the layers above the first, and the
/// loss. Examples are processed in panels, with one row for each unit and one column for each example, so the inner
/// loops run along examples.
struct UpperLayers: Sendable {
  /// The layout of the parameters of the layers above the first.
  let layout: ParameterLayout
  private let activations: [Activation]
  private let loss: Loss
  private let labels: [Int]
  private let classWeights: [Double]
  private let smoothing: Double

  /// The number of units of each layer, including the first.
  var units: [Int] { layout.widths }

  /// The size of the workspace of an evaluation, as the number of elements for each example of the panel.
  var workspacePerExample: Int { units.dropFirst().reduce(1, +) }

  init(_ network: Network, labels: [Int], configuration: TrainingConfiguration) {
    layout = ParameterLayout(inputs: network.layers[0].bias.count, network.layers.dropFirst())
    activations = network.layers.map(\.activation)
    self.labels = labels
    loss = configuration.loss
    smoothing = configuration.labelSmoothing
    var counts = Array(repeating: 0, count: network.classCount)
    for label in labels { counts[label] += 1 }
    classWeights = configuration.classWeights.weights(counts: counts)
  }

  /// The largest class weight. No error of a logit is larger.
  var largestLogitError: Double { classWeights.max() ?? 1 }

  /// Returns the sum of the losses of examples. `panel` contains the first layer's pre-activations z, `units[0]` rows
  /// at a distance of `stride`, which are replaced by dloss/dz. The gradient with respect to `parameters`, those of the
  /// layers above the first, is added to `gradient`. `workspace` has ``workspacePerExample`` elements for each example.
  func evaluate(
    _ examples: Range<Int>, panel: UnsafeMutablePointer<Double>, stride: Int, parameters: UnsafePointer<Double>,
    gradient: UnsafeMutablePointer<Double>, workspace: UnsafeMutablePointer<Double>
  ) -> Double {
    let count = examples.count
    forward(count, panel, stride, parameters, workspace)
    let last = units.count == 1 ? (panel, stride) : (row(units.count - 1, workspace, count), count)
    let sum =
      units[units.count - 1] == 1
      ? binary(examples, last.0, losses: workspace + (workspacePerExample - 1) * count)
      : multiclass(examples, last.0, last.1)
    backward(count, panel, stride, parameters, gradient, workspace)
    return sum
  }

  /// Returns the first row of a layer above the first in the workspace.
  private func row(_ layer: Int, _ workspace: UnsafeMutablePointer<Double>, _ count: Int) -> UnsafeMutablePointer<
    Double
  > {
    workspace + units[1..<layer].reduce(0, +) * count
  }

  /// Computes the activations of each layer, and the logits of the last one.
  private func forward(
    _ count: Int, _ panel: UnsafeMutablePointer<Double>, _ stride: Int, _ parameters: UnsafePointer<Double>,
    _ workspace: UnsafeMutablePointer<Double>
  ) {
    var (inputs, inputStride, weights) = (panel, stride, parameters)
    for layer in units.indices.dropFirst() {
      for unit in 0..<units[layer - 1] { apply(activations[layer - 1], inputs + unit * inputStride, count) }
      let outputs = row(layer, workspace, count)
      let bias = weights + units[layer] * units[layer - 1]
      for unit in 0..<units[layer] {
        let own = outputs + unit * count
        own.update(repeating: bias[unit], count: count)
        for input in 0..<units[layer - 1] {
          add(weights[unit * units[layer - 1] + input], times: inputs + input * inputStride, to: own, count)
        }
      }
      weights = bias + units[layer]
      (inputs, inputStride) = (outputs, count)
    }
  }

  private func apply(_ activation: Activation, _ row: UnsafeMutablePointer<Double>, _ count: Int) {
    switch activation {
    case .relu: for k in 0..<count { row[k] = max(row[k], 0) }
    default: for k in 0..<count { row[k] = activation(row[k]) }
    }
  }

  /// Propagates errors, which replace the activations, from the last layer to the first, and adds the gradients.
  private func backward(
    _ count: Int, _ panel: UnsafeMutablePointer<Double>, _ stride: Int, _ parameters: UnsafePointer<Double>,
    _ gradient: UnsafeMutablePointer<Double>, _ workspace: UnsafeMutablePointer<Double>
  ) {
    var end = layout.count
    for layer in units.indices.dropFirst().reversed() {
      let (inputs, inputStride) = layer == 1 ? (panel, stride) : (row(layer - 1, workspace, count), count)
      let errors = row(layer, workspace, count)
      let (ins, outs) = (units[layer - 1], units[layer])
      let start = end - outs - ins * outs
      for unit in 0..<outs {
        let own = errors + unit * count
        gradient[end - outs + unit] += sum(UnsafeBufferPointer(start: own, count: count))
        for input in 0..<ins { gradient[start + unit * ins + input] += dot(own, inputs + input * inputStride, count) }
      }
      let scratch = workspace + (workspacePerExample - 1) * count
      for input in 0..<ins {
        scratch.update(repeating: 0, count: count)
        for unit in 0..<outs {
          add(parameters[start + unit * ins + input], times: errors + unit * count, to: scratch, count)
        }
        let own = inputs + input * inputStride
        let activation = activations[layer - 1]
        switch activation {
        case .relu: for k in 0..<count { own[k] = own[k] > 0 ? scratch[k] : 0 }
        default: for k in 0..<count { own[k] = activation.derivative(at: own[k]) * scratch[k] }
        }
      }
      end = start
    }
  }

  /// Computes the losses and errors for one logit per example. The errors replace the logits.
  private func binary(
    _ examples: Range<Int>, _ logits: UnsafeMutablePointer<Double>, losses: UnsafeMutablePointer<Double>
  ) -> Double {
    let isPlain = smoothing == 0 && classWeights[0] == 1 && classWeights[1] == 1
    // Process 64 examples at a time, so that the temporary memory is on the stack.
    return withUnsafeTemporaryAllocation(of: Double.self, capacity: 128) { own in
      guard let targets = own.baseAddress else { return 0 }
      let errors = targets + 64
      for start in Swift.stride(from: 0, to: examples.count, by: 64) {
        let part = min(64, examples.count - start)
        for k in 0..<part {
          let label = labels[examples.lowerBound + start + k]
          targets[k] = label == 1 ? 1 - smoothing / 2 : smoothing / 2
        }
        switch loss {
        case .crossEntropy:
          PixelKernels.crossEntropy(
            UnsafeBufferPointer(start: logits + start, count: part),
            labels: UnsafeBufferPointer(start: targets, count: part),
            errors: UnsafeMutableBufferPointer(start: errors, count: part),
            losses: UnsafeMutableBufferPointer(start: losses + start, count: part))
        }
        for k in 0..<part { logits[start + k] = errors[k] }
        guard !isPlain else { continue }
        for k in 0..<part {
          let weight = classWeights[labels[examples.lowerBound + start + k]]
          logits[start + k] *= weight
          losses[start + k] *= weight
        }
      }
      return sum(UnsafeBufferPointer(start: losses, count: examples.count))
    }
  }

  /// Computes the losses and errors for one logit per class. The errors replace the logits.
  private func multiclass(_ examples: Range<Int>, _ logits: UnsafeMutablePointer<Double>, _ stride: Int) -> Double {
    var total = 0.0
    for k in 0..<examples.count {
      let label = labels[examples.lowerBound + k]
      total += loss.replace(
        logits: logits + k, stride: stride, classes: units[units.count - 1], label: label, smoothing: smoothing,
        weight: classWeights[label])
    }
    return total
  }
}
