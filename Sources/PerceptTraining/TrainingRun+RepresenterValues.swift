import PerceptDatasets
import PerceptLinearAlgebra
import PerceptModels

extension TrainingRun {
  /// Returns the representer value of each training image: its contribution to the difference between the
  /// pre-activation of an image x (`features`) and that of the mean training image μ (`mean`, 0 … 255), in a unit of
  /// the first layer. For the training image xᵢ with the coefficient aᵢ, it is aᵢ·⟨S·(xᵢ - μ), S·(x - μ)⟩, where S are
  /// the scale factors of the features during training. The common term Σ aᵢ·⟨S·μ, S·(x - μ)⟩ is 0 if the features were
  /// centered during training. Nil if there are no coefficients or `features` has another size.
  package func representerValues(on features: [UInt8], from mean: [Double], unit: Int) -> (
    each: [Double], common: Double
  )? {
    guard let coefficients, dataset.featureCount == features.count else { return nil }
    let scaling = FeatureTransform(classifier.record.configuration.scaling, of: dataset, mean: mean)
    let direction = features.indices.map { j in
      (Double(features[j]) - mean[j]) * scaling.factor[j] * scaling.factor[j]
    }
    let (own, atMean) = (coefficients[unit * dataset.count..<(unit + 1) * dataset.count], dot(direction, mean))
    let each = direction.withUnsafeBufferPointer { direction in
      zip(0..<dataset.count, own).map { row, coefficient in
        coefficient * (dataset.withFeatures(of: row) { PixelKernels.dot(direction, $0) } - atMean)
      }
    }
    return (each, own.reduce(0, +) * (atMean - dot(direction, scaling.shift)))
  }
}
