public import PerceptDatasets
import PerceptLinearAlgebra
public import PerceptModels

extension Trainer {
  func featureTransform(for dataset: Dataset) -> FeatureTransform {
    FeatureTransform(configuration.scaling, of: dataset)
  }

  /// Converts an untrained network for scaled features into the equivalent network for bytes. Random initial weights
  /// then have their intended distribution with respect to the scaled features that the network is trained on.
  ///
  /// - Parameters:
  ///   - network: an untrained network, whose weights apply to features as this trainer scales them.
  ///   - dataset: the training split.
  /// - Returns: the network for bytes. It differs only if features are standardized.
  public func scaled(_ network: Network, for dataset: Dataset) -> Network {
    guard configuration.scaling == .standardized else { return network }
    return Network(
      layers: [featureTransform(for: dataset).folded(network.layers[0])] + network.layers.dropFirst())
  }

  /// Returns the learning rate: the fixed one, or 1/L for a curvature of at most L; 0.001 for automatic Adam and AdamW.
  /// Throws ``TrainingError/noAutomaticRate(_:)`` if the rate is automatic and the curvature is unknown.
  func learningRate(curvature: Double?) throws -> Double {
    switch configuration.learningRate {
    case .fixed(let rate): return rate
    case .automatic:
      if configuration.optimizer.isAdam { return 0.001 }
      guard let curvature else { throw TrainingError.noAutomaticRate(configuration.optimizer.name) }
      return 1 / curvature
    }
  }
}
