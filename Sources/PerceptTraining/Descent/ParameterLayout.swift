import PerceptLinearAlgebra
import PerceptModels

/// How weights and biases of layers stand in one vector: W (units x inputs, row by row), then b, layer by layer.
struct ParameterLayout: Sendable {
  /// The numbers that the first layer takes, then the units of each layer.
  let widths: [Int]
  /// How many parameters there are.
  let count: Int
  /// The ranges of weights among them, which penalties apply to; the biases follow each.
  let weightRanges: [Range<Int>]
  private let activations: [Activation]

  /// The layout of layers that follow each other; of none where all that is known is how many numbers come in.
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

  /// The parameters of layers as one vector.
  static func vector(of layers: some Collection<DenseLayer>) -> [Double] {
    layers.flatMap { $0.weights.elements + $0.bias }
  }

  /// The layers that a vector of parameters stands for.
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
