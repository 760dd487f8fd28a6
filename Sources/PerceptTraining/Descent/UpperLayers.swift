import Glibc
import PerceptLinearAlgebra
import PerceptModels

/// What stands between the first layer's pre-activations and the cost: activations, further layers, labels and loss.
///
/// Examples come in panels: one row of numbers for each unit, one column for each example, so that every loop runs along
/// examples.
struct UpperLayers: Sendable {
  /// The parameters of the further layers.
  let further: ParameterLayout
  private let activations: [Activation]
  private let loss: Loss
  private let labels: [Int]
  private let classWeights: [Double]
  private let smoothing: Double

  /// The units of every layer, the first layer's first.
  var units: [Int] { further.widths }

  /// How many numbers of room an evaluation needs for each example of its panel.
  var workspacePerExample: Int { units.dropFirst().reduce(1, +) }

  /// - Parameters:
  ///   - network: its shapes and activations.
  ///   - labels: the class of every example.
  ///   - objective: what is minimized.
  init(_ network: Network, labels: [Int], objective: Objective) {
    further = ParameterLayout(inputs: network.layers[0].bias.count, network.layers.dropFirst())
    activations = network.layers.map(\.activation)
    self.labels = labels
    loss = objective.loss
    smoothing = objective.labelSmoothing
    var counts = Array(repeating: 0, count: network.classCount)
    for label in labels { counts[label] += 1 }
    classWeights = objective.classWeights.weights(counts: counts)
  }

  /// Forward to the loss and back.
  ///
  /// - Parameters:
  ///   - examples: which examples the panel's columns are.
  ///   - panel: the first layer's pre-activations, `units[0]` rows; become dloss/dz of each.
  ///   - stride: from one row of the panel to the next.
  ///   - parameters: weights and biases of the further layers.
  ///   - gradient: theirs is added to it.
  ///   - workspace: ``roomPerExample`` numbers for every example.
  /// - Returns: the sum of the examples' losses.
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
      : several(examples, last.0, last.1)
    backward(count, panel, stride, parameters, gradient, workspace)
    return sum
  }

  /// Where a further layer's rows begin in the room.
  private func row(_ layer: Int, _ workspace: UnsafeMutablePointer<Double>, _ count: Int) -> UnsafeMutablePointer<
    Double
  > {
    workspace + units[1..<layer].reduce(0, +) * count
  }

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

  /// From the last layer's errors to those of the first, each layer's taking the place of its activations.
  private func backward(
    _ count: Int, _ panel: UnsafeMutablePointer<Double>, _ stride: Int, _ parameters: UnsafePointer<Double>,
    _ gradient: UnsafeMutablePointer<Double>, _ workspace: UnsafeMutablePointer<Double>
  ) {
    var end = further.count
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

  /// Losses and errors of one logit an example, in place.
  private func binary(
    _ examples: Range<Int>, _ logits: UnsafeMutablePointer<Double>, losses: UnsafeMutablePointer<Double>
  ) -> Double {
    let isPlain = smoothing == 0 && classWeights[0] == 1 && classWeights[1] == 1
    // Few at a time, so that the room is on the stack.
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

  /// Losses and errors of one logit a class, in place.
  private func several(_ examples: Range<Int>, _ logits: UnsafeMutablePointer<Double>, _ stride: Int) -> Double {
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
