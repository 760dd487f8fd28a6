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
  /// In batches, the n units of a first hidden layer of ReLU or leaky ReLU get the bias 4/√(2n). With He's weights in
  /// the next layer, they can then change the logit by about 4 before they become inactive for an image. With zero
  /// biases, each unit is inactive for half of the images from the start, and networks of few units often keep images
  /// for which all units are inactive.
  ///
  /// - Parameters:
  ///   - network: an untrained network, whose weights apply to features as this trainer scales them.
  ///   - dataset: the training split.
  /// - Returns: the network for bytes. It differs only if features are standardized, or centered in batches.
  public func scaled(_ network: Network, for dataset: Dataset) -> Network {
    let (scaling, isInBatches) = (configuration.scaling, configuration.isInBatches)
    guard scaling == .standardized || (scaling == .centered && isInBatches) else { return network }
    var first = network.layers[0]
    if isInBatches, network.layers.count > 1, [.relu, .leakyReLU].contains(first.activation) {
      let bias = 4 / (2 * Double(first.bias.count)).squareRoot()
      for unit in first.bias.indices { first.bias[unit] += bias }
    }
    return Network(layers: [featureTransform(for: dataset).folded(first)] + network.layers.dropFirst())
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
