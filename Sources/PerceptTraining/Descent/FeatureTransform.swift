import PerceptDatasets
import PerceptLinearAlgebra
import PerceptModels

/// How bytes become the numbers that training works with: x̃ⱼ = (xⱼ - shiftⱼ)·factorⱼ. It happens within the arithmetic, and is
/// folded into the first layer's weights and biases afterwards, so a finished network takes pixels as they are.
struct FeatureTransform: Sendable {
  /// n bytes to subtract.
  let shift: [Double]
  /// n factors.
  let factor: [Double]
  /// Whether every factor is 1/255: products of bytes then stay whole numbers.
  let isUniform: Bool

  /// Pixels from 0 to 1, as they are.
  static func unit(_ dataset: Dataset) -> FeatureTransform {
    let count = dataset.featureCount
    return FeatureTransform(
      shift: Array(repeating: 0, count: count), factor: Array(repeating: 1 / 255, count: count), isUniform: true)
  }

  /// Pixels from 0 to 1, less their mean.
  static func centered(_ dataset: Dataset) -> FeatureTransform {
    let mean = dataset.meanFeatures
    return FeatureTransform(shift: mean, factor: mean.map { _ in 1 / 255 }, isUniform: true)
  }

  /// Each feature with mean 0 and standard deviation 1; one that never varies becomes 0.
  static func standardized(_ dataset: Dataset) -> FeatureTransform {
    let (mean, deviation) = dataset.featureMoments
    return FeatureTransform(
      shift: mean, factor: deviation.map { $0 > 1e-9 ? 1 / $0 : 0 }, isUniform: false)
  }

  /// A layer for pixels from 0 to 1 as one for scaled features; the function stays the same.
  ///
  /// A feature whose factor is 0 keeps its weight, which nothing then uses or changes.
  func unfolded(_ layer: DenseLayer) -> DenseLayer {
    var (weights, bias) = (layer.weights.elements, layer.bias)
    for unit in bias.indices {
      for j in shift.indices {
        let weight = weights[unit * shift.count + j]
        bias[unit] += weight * shift[j] / 255
        weights[unit * shift.count + j] = factor[j] == 0 ? 0 : weight / (255 * factor[j])
      }
    }
    return layer.with(weights, bias)
  }

  /// A layer for scaled features as one for pixels from 0 to 1.
  func folded(_ layer: DenseLayer) -> DenseLayer {
    var (weights, bias) = (layer.weights.elements, layer.bias)
    for unit in bias.indices {
      for j in shift.indices {
        let weight = weights[unit * shift.count + j] * factor[j]
        bias[unit] -= weight * shift[j]
        weights[unit * shift.count + j] = 255 * weight
      }
    }
    return layer.with(weights, bias)
  }
}

extension DenseLayer {
  /// The same layer with other numbers.
  fileprivate func with(_ elements: [Double], _ bias: [Double]) -> DenseLayer {
    DenseLayer(
      weights: Matrix(rows: weights.rows, columns: weights.columns, elements: elements), bias: bias,
      activation: activation)
  }
}
