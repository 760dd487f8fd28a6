import PerceptDatasets
import PerceptLinearAlgebra
import PerceptModels
package import PerceptTraining

/// The influence of each training image on the prediction for one image, as representer values.
///
/// If a neuron is trained from zero weights, its weights are a weighted sum of the training images, W = Σ aᵢ·xᵢ, so the logit of an
/// image x is a sum over them too: z(x) = z(μ) + Σ aᵢ·⟨xᵢ, x - μ⟩, where μ is the mean training image. For a dark x, nearly all of
/// these products are negative whatever the images show, and the brightest images would dominate. The part that they have in common
/// is therefore separated: z(x) = z(μ) + (Σ aᵢ)·⟨μ, x - μ⟩ + Σ aᵢ·⟨xᵢ - μ, x - μ⟩. The middle term is 0 if the features were
/// centered, as they are with an automatic learning rate. With standardized features, their products are used.
package struct TrainingInfluence: Sendable, Hashable {
  /// The class that positive values support.
  package let label: Int
  /// aᵢ·⟨xᵢ - μ, x - μ⟩ for each training image, in the order of the dataset.
  package let representerValues: [Double]
  /// z(μ), the logit of the mean training image.
  package let constant: Double
  /// (Σ aᵢ)·⟨μ, x - μ⟩, which all training images have in common because the image is lighter or darker than their mean.
  package let common: Double
  /// z(x), the logit of the prediction.
  package let logit: Double

  /// Returns nil for a network with hidden layers, whose weights are not a sum of training images, and for a run without
  /// coefficients (see ``TrainingRun/coefficients``). `mean`, the mean of the run's images (0 … 255), is computed if nil.
  package init?(_ run: TrainingRun, features: [UInt8], for label: Int, mean: [Double]? = nil) {
    let (network, factors) = (run.classifier.network, run.classifier.evidenceFactors(for: label))
    let mean = mean ?? run.dataset.meanFeatures
    guard network.layers.count == 1, let unit = factors.firstIndex(where: { $0 != 0 }),
      let representerValues = run.representerValues(on: features, from: mean, unit: unit)
    else { return nil }
    self.label = label
    self.representerValues = representerValues.each.map { factors[unit] * $0 }
    common = factors[unit] * representerValues.common
    constant = dot(factors, network.firstPreactivations(of: mean))
    logit = dot(factors, features.withUnsafeBufferPointer { network.firstPreactivations(of: $0) })
  }

  /// z minus ``constant``, ``common`` and all values: the rounding error, plus s·⟨W⁰, x - μ⟩ if the initial weights W⁰ ≠ 0.
  package var remainder: Double { logit - representerValues.reduce(constant + common, +) }

  /// Rows and representer values of the images that most support (`isFor`) or oppose the class, largest absolute value first.
  package func strongest(_ count: Int, for isFor: Bool) -> [(row: Int, pull: Double)] {
    let sign = isFor ? 1.0 : -1.0
    return representerValues.enumerated().filter { $0.element * sign > 0 }
      .sorted { (sign * $1.element, $0.offset) < (sign * $0.element, $1.offset) }.prefix(count)
      .map { (row: $0.offset, pull: $0.element) }
  }
}
