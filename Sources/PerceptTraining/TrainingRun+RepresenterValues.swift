import PerceptDatasets
import PerceptLinearAlgebra
import PerceptModels

extension TrainingRun {
  /// How far each training example pulls a pre-activation of a picture away from that of the mean training picture μ:
  /// aᵢ·⟨S·(xᵢ - μ), S·(x - μ)⟩, with S the factors by which features were scaled while they were learned from.
  ///
  /// - Parameters:
  ///   - features: x, bytes.
  ///   - mean: μ, 0 … 255 for each feature.
  ///   - unit: which unit of the first layer.
  /// - Returns: one number for each example, in the dataset's order, and what they pull alike where they were learned from
  ///   without a shift to the mean, Σ aᵢ·⟨S·μ, S·(x - μ)⟩; nil where there are no coefficients.
  package func representerValues(on features: [UInt8], from mean: [Double], unit: Int) -> (
    each: [Double], common: Double
  )? {
    guard let coefficients, dataset.featureCount == features.count else { return nil }
    let scaling = FeatureTransform(classifier.record.settings, dataset, mean: mean)
    let way = features.indices.map { j in
      (Double(features[j]) - mean[j]) * scaling.factor[j] * scaling.factor[j]
    }
    let (own, atMean) = (coefficients[unit * dataset.count..<(unit + 1) * dataset.count], dot(way, mean))
    let each = way.withUnsafeBufferPointer { way in
      zip(0..<dataset.count, own).map { row, coefficient in
        coefficient * (dataset.withFeatures(of: row) { PixelKernels.dot(way, $0) } - atMean)
      }
    }
    return (each, own.reduce(0, +) * (atMean - dot(way, scaling.shift)))
  }
}

extension FeatureTransform {
  /// The scaling of a finished training in Float64.
  fileprivate init(_ settings: TrainingRecord.Settings, _ dataset: Dataset, mean: [Double]) {
    if settings.scale == FeatureScaling.standardize.rawValue {
      self = .standardized(dataset)
    } else {
      let shift = settings.isAutomatic ? mean : mean.map { _ in 0 }
      self.init(shift: shift, factor: mean.map { _ in 1 / 255 }, isUniform: true)
    }
  }
}
