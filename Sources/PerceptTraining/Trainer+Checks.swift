import PerceptDatasets
import PerceptFeatures
import PerceptModels

extension Trainer {
  /// Checks the configuration, and that the network and the data are compatible with it and with each other.
  func check(_ network: Network, _ dataset: Dataset) throws {
    try configuration.check()
    let extractor = dataset.preprocessing.extractor
    if configuration.augmentation != .none, extractor != .pixels {
      throw ConfigurationError(
        "augmentation", "changes pixels, which is not possible with \(extractor.name) features; leave it out")
    }
    guard dataset.classNames.count == network.classCount else {
      throw TrainingError.classMismatch(network: network.classCount, data: dataset.classNames)
    }
    if let empty = dataset.classCounts.firstIndex(of: 0) {
      throw TrainingError.classWithoutExamples(dataset.classNames[empty])
    }
    guard network.inputs == dataset.featureCount else {
      throw TrainingError.mismatch(inputs: network.inputs, features: dataset.featureCount)
    }
    if case .given(let weights) = configuration.classWeights {
      guard weights.count == dataset.classNames.count, weights.allSatisfy({ $0 > 0 && $0.isFinite }) else {
        throw TrainingError.invalidClassWeights(weights, classes: dataset.classNames)
      }
    }
    if configuration.form == .dual, dataset.count > DescentForm.largestDual {
      throw TrainingError.tooManyForDual(dataset.count, limit: DescentForm.largestDual)
    }
  }

  /// Checks that the validation split is not empty, and has the classes and the preprocessing of the training split.
  func check(_ dataset: Dataset, validation: Dataset) throws {
    guard validation.preprocessing == dataset.preprocessing, validation.classNames == dataset.classNames else {
      throw TrainingError.validationMismatch
    }
    guard validation.count > 0 else { throw TrainingError.emptyValidation }
  }
}
