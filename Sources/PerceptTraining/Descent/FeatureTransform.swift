import PerceptDatasets
import PerceptLinearAlgebra
import PerceptModels

/// The transform of bytes into the scaled features used in training: x̃ⱼ = (xⱼ - shiftⱼ)·factorⱼ. Scaled features are
/// not stored. After training, the transform is folded into the first layer, so a trained network takes bytes.
struct FeatureTransform: Sendable {
  /// The shift of each of the n features, in units of bytes.
  let shift: [Double]
  let factor: [Double]
  /// Whether all factors are 1/255. Products of examples can then be computed from integer products of bytes.
  let isUniform: Bool

  /// Returns the transform x/255.
  static func unit(_ dataset: Dataset) -> FeatureTransform {
    let count = dataset.featureCount
    return FeatureTransform(
      shift: Array(repeating: 0, count: count), factor: Array(repeating: 1 / 255, count: count), isUniform: true)
  }

  /// Returns the transform (x - mean)/255.
  static func centered(_ mean: [Double]) -> FeatureTransform {
    FeatureTransform(shift: mean, factor: mean.map { _ in 1 / 255 }, isUniform: true)
  }

  /// Returns the transform to mean 0 and standard deviation 1. A constant feature becomes 0.
  static func standardized(_ dataset: Dataset) -> FeatureTransform {
    let (mean, deviation) = dataset.featureMoments
    return FeatureTransform(
      shift: mean, factor: deviation.map { $0 > 1e-9 ? 1 / $0 : 0 }, isUniform: false)
  }

  /// Converts a first layer for features x/255 to the equivalent layer for scaled features. The weight of a constant
  /// feature, whose factor is 0, becomes 0; its contribution is included in the bias.
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

  /// Converts a first layer for scaled features to the equivalent layer for features x/255.
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

extension FeatureTransform {
  /// `mean` are the mean features of the training split; nil computes them.
  init(_ scaling: FeatureScaling, of dataset: Dataset, mean: [Double]? = nil) {
    self =
      switch scaling {
      case .unit: .unit(dataset)
      case .centered: .centered(mean ?? dataset.meanFeatures)
      case .standardized: .standardized(dataset)
      }
  }
}

extension DenseLayer {
  fileprivate func with(_ elements: [Double], _ bias: [Double]) -> DenseLayer {
    DenseLayer(
      weights: Matrix(rows: weights.rows, columns: weights.columns, elements: elements), bias: bias,
      activation: activation)
  }
}
