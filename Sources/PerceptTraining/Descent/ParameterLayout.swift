import PerceptLinearAlgebra
import PerceptModels

/// The layout of the parameters of layers in one vector: for each layer, W (units x inputs, row by row), then b.
struct ParameterLayout: Sendable {
  /// The number of inputs of the first layer, followed by the number of units of each layer.
  let widths: [Int]
  let count: Int
  /// The range of the weights of each layer, to which penalties apply. The biases of the layer follow it.
  let weightRanges: [Range<Int>]
  private let activations: [Activation]

  /// Creates the layout of consecutive layers. The list can be empty.
  init(inputs: Int, _ layers: some Collection<DenseLayer>) {
    widths = [inputs] + layers.map(\.bias.count)
    activations = layers.map(\.activation)
    var (count, ranges) = (0, [Range<Int>]())
    for (inputs, units) in zip(widths, widths.dropFirst()) {
      ranges.append(count..<count + inputs * units)
      count += inputs * units + units
    }
    (self.count, weightRanges) = (count, ranges)
  }

  static func vector(of layers: some Collection<DenseLayer>) -> [Double] {
    layers.flatMap { $0.weights.elements + $0.bias }
  }

  func layers(of parameters: ArraySlice<Double>) -> [DenseLayer] {
    weightRanges.indices.map { index in
      let (weights, units) = (weightRanges[index], widths[index + 1])
      let start = parameters.startIndex
      let (first, middle) = (start + weights.lowerBound, start + weights.upperBound)
      return DenseLayer(
        weights: Matrix(rows: units, columns: widths[index], elements: Array(parameters[first..<middle])),
        bias: Array(parameters[middle..<middle + units]), activation: activations[index])
    }
  }
}
