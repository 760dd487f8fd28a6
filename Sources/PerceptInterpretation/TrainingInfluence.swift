import PerceptDatasets
import PerceptLinearAlgebra
import PerceptModels
public import PerceptTraining

/// What each training picture has done to the answer for one picture.
///
/// The weights of a neuron that learned from zeros are a sum of its training pictures, W = Σ aᵢ·xᵢ, so its evidence for a picture x
/// is one, too: z(x) = z(μ) + Σ aᵢ·⟨xᵢ, x - μ⟩, where μ is the mean training picture. For a dark x nearly all of these products
/// are below 0, whatever is on the pictures, and the brightest would pull most; so what they have in common is taken out:
/// z(x) = z(μ) + (Σ aᵢ)·⟨μ, x - μ⟩ + Σ aᵢ·⟨xᵢ - μ, x - μ⟩. (The middle is 0 where the pictures were learned from less their mean, as
/// they are wherever the learning rate was chosen. Standardized pictures are multiplied as such.)
public struct TrainingInfluence: Sendable, Hashable {
  /// The class that positive numbers speak for.
  public let label: Int
  /// aᵢ·⟨xᵢ - μ, x - μ⟩ for each training picture, in the dataset's order.
  public let representerValues: [Double]
  /// z(μ), the evidence for the class in the mean training picture.
  public let constant: Double
  /// (Σ aᵢ)·⟨μ, x - μ⟩, what all training pictures pull alike because the picture is lighter or darker than their mean.
  public let common: Double
  /// z(x), as it is predicted.
  public let logit: Double

  /// The recipe of a prediction; nil where there is none: with hidden layers, which are no sum of pictures, and where nobody kept
  /// count (see ``TrainingRun/coefficients``).
  ///
  /// - Parameters:
  ///   - run: the training.
  ///   - features: `featureCount` bytes.
  ///   - label: which class.
  ///   - mean: the mean of the run's pictures, 0 … 255 for each feature, where it is at hand; nil computes it.
  public init?(_ run: TrainingRun, features: [UInt8], for label: Int, mean: [Double]? = nil) {
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

  /// What constant, common and pulls together miss of z: rounding, and whatever the weights had from the start, s·⟨W⁰, x - μ⟩.
  public var remainder: Double { logit - representerValues.reduce(constant + common, +) }

  /// The pictures that pulled most.
  ///
  /// - Parameters:
  ///   - count: how many at most.
  ///   - isFor: towards the class, or away from it.
  /// - Returns: rows of the training's dataset with their pulls, the strongest first.
  public func strongest(_ count: Int, for isFor: Bool) -> [(row: Int, pull: Double)] {
    let sign = isFor ? 1.0 : -1.0
    return representerValues.enumerated().filter { $0.element * sign > 0 }
      .sorted { (sign * $1.element, $0.offset) < (sign * $0.element, $1.offset) }.prefix(count)
      .map { (row: $0.offset, pull: $0.element) }
  }
}
