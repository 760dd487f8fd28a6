import PerceptDatasets
import PerceptModels

extension Trainer {
  /// Refuses data and settings that cannot be trained with.
  func check(_ network: Network, _ dataset: Dataset) throws {
    guard dataset.classNames.count == network.classCount else {
      throw TrainingError.classMismatch(network: network.classCount, data: dataset.classNames)
    }
    if let empty = dataset.classCounts.firstIndex(of: 0) {
      throw TrainingError.classWithoutExamples(dataset.classNames[empty])
    }
    guard network.inputs == dataset.featureCount else {
      throw TrainingError.mismatch(inputs: network.inputs, features: dataset.featureCount)
    }
    guard iterations >= 0 else { throw TrainingError.invalidIterations(iterations) }
    if case .fixed(let rate) = optimizer.learningRate, !(rate > 0 && rate.isFinite) {
      throw TrainingError.invalidLearningRate(rate)
    }
    if let momentum = optimizer.momentum, !(0..<1).contains(momentum) {
      throw TrainingError.invalidMomentum(momentum)
    }
    if let batchSize, batchSize < 1 { throw TrainingError.invalidBatchSize(batchSize) }
    try augmentation.check()
    if case .lbfgs = optimizer {
      if augmentation != .none {
        throw TrainingError.unsuitable("L-BFGS needs the same pictures in every iteration; leave out the augmentation")
      }
      if batchSize != nil { throw TrainingError.unsuitable("L-BFGS looks at all examples at once; leave out batches") }
      if objective.l1 != 0 { throw TrainingError.unsuitable("L-BFGS needs a smooth cost; leave out the L1 penalty") }
    }
    try check(objective, dataset)
    if form == .dual {
      if augmentation != .none { throw TrainingError.noDualForm("augmentation") }
      if isInBatches { throw TrainingError.noDualForm("batches") }
      if objective.l1 != 0 { throw TrainingError.noDualForm("an L1 penalty") }
      if dataset.count > DescentForm.largestDual {
        throw TrainingError.tooManyForDual(dataset.count, limit: DescentForm.largestDual)
      }
    }
  }

  /// Refuses a validation part that is not made as the training part is, and rules without sense.
  func check(_ network: Network, _ dataset: Dataset, validation: Dataset) throws {
    guard validation.preprocessing == dataset.preprocessing, validation.classNames == dataset.classNames else {
      throw TrainingError.unsuitable(
        "the validation part has other classes or another preprocessing than the training part")
    }
    guard validation.count > 0 else { throw TrainingError.unsuitable("the validation part has no pictures") }
    if let stopping, stopping.patience < 1 || stopping.every < 1 {
      throw TrainingError.unsuitable("patience and the number of iterations between looks are at least 1")
    }
  }

  private func check(_ objective: Objective, _ dataset: Dataset) throws {
    for penalty in [objective.l1, objective.l2] where !(penalty >= 0 && penalty.isFinite) {
      throw TrainingError.invalidPenalty(penalty)
    }
    guard (0..<1).contains(objective.labelSmoothing) else {
      throw TrainingError.invalidSmoothing(objective.labelSmoothing)
    }
    if case .given(let weights) = objective.classWeights {
      guard weights.count == dataset.classNames.count, weights.allSatisfy({ $0 > 0 && $0.isFinite }) else {
        throw TrainingError.invalidClassWeights(weights, classes: dataset.classNames)
      }
    }
  }
}
