public import PerceptDatasets
import PerceptLinearAlgebra
public import PerceptModels

extension Trainer {
  /// How bytes become numbers while it lasts.
  func featureScaling(of dataset: Dataset) -> FeatureTransform {
    switch scale {
    case .standardize: .standardized(dataset)
    case .unit: optimizer.learningRate == .automatic && !isInBatches ? .centered(dataset) : .unit(dataset)
    }
  }

  /// A network whose weights are meant for features as this trainer scales them, as one for pixels as they are: random weights
  /// then are what they are said to be where it learns.
  ///
  /// - Parameters:
  ///   - network: a network before its first training.
  ///   - dataset: what it will be trained on.
  /// - Returns: the same with ``Scale/unit``.
  public func scaled(_ network: Network, for dataset: Dataset) -> Network {
    guard scale == .standardize else { return network }
    return Network(
      layers: [featureScaling(of: dataset).folded(network.layers[0])] + network.layers.dropFirst())
  }

  /// Whether it works in Float32 on batches, one of which may be everything.
  var isInBatches: Bool { batchSize != nil || optimizer.isAdam || augmentation != .none }

  func learningRate(curvature: Double?) throws -> Double {
    switch optimizer.learningRate {
    case .fixed(let rate): return rate
    case .automatic:
      if optimizer.isAdam { return 0.001 }
      guard let curvature else { throw TrainingError.noAutomaticRate(optimizer.name) }
      return 1 / curvature
    }
  }

  /// What the record says of the settings.
  func settings(learningRate: Double, _ dataset: Dataset) -> TrainingRecord.Settings {
    var settings = TrainingRecord.Settings(
      optimizer: optimizer.name, momentum: optimizer.momentum, learningRate: learningRate,
      isAutomatic: optimizer.learningRate == .automatic, iterations: iterations)
    settings.l2 = objective.l2 == 0 ? nil : objective.l2
    settings.l1 = objective.l1 == 0 ? nil : objective.l1
    settings.labelSmoothing = objective.labelSmoothing == 0 ? nil : objective.labelSmoothing
    settings.scale = scale == .unit ? nil : scale.rawValue
    settings.batchSize = batchSize
    settings.schedule = schedule == Schedule() ? nil : schedule.name
    settings.augmentation = augmentation == .none ? nil : augmentation.name
    if objective.classWeights != .equal {
      settings.classWeights = objective.classWeights.weights(counts: dataset.classCounts)
    }
    return settings
  }
}
