import Glibc

/// Why a training cannot start or go on.
public enum TrainingError: Error, Equatable, CustomStringConvertible {
  /// The network tells another number of classes apart than the data has.
  case classMismatch(network: Int, data: [String])
  /// A class has no example to learn from.
  case classWithoutExamples(String)
  /// The network takes another number of inputs than the data has features.
  case mismatch(inputs: Int, features: Int)
  /// A learning rate is not a positive, finite number.
  case invalidLearningRate(Double)
  /// A momentum is not at least 0 and below 1.
  case invalidMomentum(Double)
  /// A penalty on weights is negative or not finite.
  case invalidPenalty(Double)
  /// A label smoothing is not at least 0 and below 1.
  case invalidSmoothing(Double)
  /// Class weights are not one positive number for each class.
  case invalidClassWeights([Double], classes: [String])
  /// No learning rate is known for an optimizer and this network.
  case noAutomaticRate(String)
  /// The dual form was asked for with something that has none.
  case noDualForm(String)
  /// The Gram matrix that the dual form needs would be too large.
  case tooManyForDual(Int, limit: Int)
  /// OpenBLAS, which training in batches needs, is not on this machine.
  case noBLAS
  /// A number of examples for each iteration is not at least 1.
  case invalidBatchSize(Int)
  /// Settings that do not go together, and the way out.
  case unsuitable(String)
  /// A training cannot be repeated, or did not come out the same: why.
  case notRefit(String)
  /// A number of iterations is negative.
  case invalidIterations(Int)
  /// The cost only rose, or the weights grew beyond all numbers, before anything was learned.
  case diverged(iteration: Int, learningRate: Double, stable: Double?)
  /// A checkpoint is of a training with other settings or data.
  case otherTraining(path: String, differences: [String])

  /// The fault in one sentence, with the way out.
  public var description: String {
    switch self {
    case .classMismatch(let network, let names):
      "the network tells \(network) classes apart, the data has \(names.count): \(names.joined(separator: ", "))"
    case .classWithoutExamples(let name): "class \"\(name)\" has no training pictures to learn from"
    case .mismatch(let inputs, let features):
      "the network takes \(inputs) inputs, the pictures have \(features) features"
    case .invalidLearningRate(let rate): "a learning rate is a positive number, not \(rate)"
    case .unsuitable(let sentence), .notRefit(let sentence): sentence
    case .noBLAS:
      "training in batches needs OpenBLAS, which is not on this machine; install it (Debian: apt install libopenblas0)"
    case .invalidBatchSize(let size): "a batch has at least one example, not \(size)"
    case .invalidMomentum(let momentum): "a momentum is at least 0 and below 1, which \(momentum) is not"
    case .invalidPenalty(let penalty): "a penalty on weights is at least 0 and finite, which \(penalty) is not"
    case .invalidSmoothing(let smoothing): "a label smoothing is at least 0 and below 1, which \(smoothing) is not"
    case .invalidClassWeights(let weights, let classes):
      "class weights are one positive number for each of \(classes.joined(separator: ", ")); these are "
        + weights.map { "\($0)" }.joined(separator: ", ")
    case .noAutomaticRate(let optimizer):
      "with hidden layers, in batches or with augmentation no learning rate is known to be right for \(optimizer): choose one"
    case .noDualForm(let reason):
      "the dual form has no place for \(reason); use the primal form or leave the choice open"
    case .tooManyForDual(let count, let limit):
      "the dual form compares all training pictures with each other, and \(count) are too many (the limit is \(limit)); use "
        + "the primal form or leave the choice open"
    case .invalidIterations(let count): "a number of iterations is not negative, as \(count) is"
    case .diverged(let iteration, let rate, let stable):
      "the training diverged within \(iteration) iterations: the learning rate \(rate) is far too large"
        + (stable.map { "; the largest stable one is \(Self.rounded($0))" } ?? "; try a tenth of it")
    case .otherTraining(let path, let differences):
      "\(path) is the checkpoint of another training (\(differences.joined(separator: "; "))); give the same data and settings"
    }
  }

  /// Four digits, rounded down: the largest that is safe.
  private static func rounded(_ rate: Double) -> Double {
    guard rate > 0, rate.isFinite else { return rate }
    let scale = pow(10, 3 - log10(rate).rounded(.down))
    return scale.isFinite ? (rate * scale).rounded(.down) / scale : rate
  }
}
