import PerceptLinearAlgebra

extension UpperLayers {
  /// Estimates for the formats in which a pass adds numbers.
  struct Magnitudes {
    /// The largest error of a unit of the first layer.
    let error: Double
    /// The largest sum, over the examples of a group, of the gradients of a parameter of the upper layers.
    let gradient: Double
  }

  /// Estimates the largest numbers for the parameters of the layers above the first, pre-activations of the first layer of
  /// at most `preactivation`, and groups of `group` examples.
  ///
  /// With at most one hidden layer, no error is larger: an error of a logit is at most the largest class weight, the
  /// absolute values of the errors of an example add up to twice that, and derivatives of activations are at most 1. With
  /// more layers, sums over the units of a layer are estimated as those of numbers with random signs, because a bound would
  /// be larger than the numbers by a factor for each layer.
  func magnitudes(_ parameters: UnsafePointer<Double>, preactivation: Double, group: Int) -> Magnitudes {
    var (error, errorSum) = (largestLogitError, (units[units.count - 1] == 1 ? 1 : 2) * largestLogitError)
    var (activation, largestActivation, largestError) = (max(preactivation, 1), 1.0, error)
    for layer in layout.weightRanges.indices.reversed() {
      error = largest(parameters, layout.weightRanges[layer]) * errorSum
      errorSum = error * Double(units[layer]).squareRoot()
      largestError = max(largestError, error)
    }
    for (layer, weights) in layout.weightRanges.enumerated() {
      largestActivation = max(largestActivation, activation)
      let bias = weights.upperBound..<weights.upperBound + units[layer + 1]
      activation =
        activation * largest(parameters, weights) * Double(units[layer]).squareRoot() + largest(parameters, bias) + 1
    }
    return Magnitudes(error: error, gradient: Double(group) * largestError * largestActivation)
  }

  private func largest(_ parameters: UnsafePointer<Double>, _ range: Range<Int>) -> Double {
    PixelKernels.largest(parameters + range.lowerBound, count: range.count)
  }
}
