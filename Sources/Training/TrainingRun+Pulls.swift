import Classification
import Datasets
import LinearAlgebra
import NeuralNetworks

extension TrainingRun {
  /// How far each training example pulls the first layer's pre-activations of a picture away from those of the mean training
  /// picture μ: aᵢ·⟨x̃ᵢ, S·(x - μ)⟩, with x̃ᵢ as it was scaled while it was learned from, and S the same scale's factors.
  ///
  /// - Parameters:
  ///   - features: x, bytes.
  ///   - mean: μ, 0 … 255 for each feature.
  ///   - unit: which unit of the first layer.
  /// - Returns: one number for each example, in the dataset's order; nil where there are no coefficients.
  package func pulls(on features: [UInt8], from mean: [Double], unit: Int) -> [Double]? {
    guard let coefficients, dataset.featureCount == features.count else { return nil }
    let scaling = FeatureScaling(classifier.record.settings, dataset, mean: mean)
    let way = features.indices.map { j in
      (Double(features[j]) - mean[j]) * scaling.factor[j] * scaling.factor[j]
    }
    let shift = dot(way, scaling.shift)
    return way.withUnsafeBufferPointer { way in
      (0..<dataset.count).map { row in
        let product = dataset.withFeatures(of: row) { PixelKernels.dot(way, $0) }
        return coefficients[unit * dataset.count + row] * (product - shift)
      }
    }
  }
}

extension FeatureScaling {
  /// The scaling of a finished training in Float64.
  fileprivate init(_ settings: TrainingRecord.Settings, _ dataset: Dataset, mean: [Double]) {
    if settings.scale == Scale.standardize.rawValue {
      self = .standardized(dataset)
    } else {
      let shift = settings.isAutomatic ? mean : mean.map { _ in 0 }
      self.init(shift: shift, factor: mean.map { _ in 1 / 255 }, isUniform: true)
    }
  }
}
