/// Why a training cannot start or go on.
public enum TrainingError: Error, Equatable, CustomStringConvertible {
  /// A neuron tells two classes apart; the data has another number.
  case notTwoClasses([String])
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
  /// The Gram matrix that the dual form needs would be too large.
  case tooManyForDual(Int, limit: Int)
  /// A number of iterations is negative.
  case invalidIterations(Int)
  /// The weights grew beyond all numbers.
  case overflow(iteration: Int, learningRate: Double, stable: Double)

  /// The fault in one sentence, with the way out.
  public var description: String {
    switch self {
    case .notTwoClasses(let names):
      "\(names.count) classes (\(names.prefix(12).joined(separator: ", "))\(names.count > 12 ? ", …" : "")); one neuron "
        + "tells two apart: choose two with --classes \(names.prefix(2).joined(separator: ",")), or merge some, as in "
        + "--classes \(names.enumerated().prefix(3).map { "\($1)=\($0 == 0 ? "one" : "other")" }.joined(separator: ","))"
    case .classWithoutExamples(let name): "class \"\(name)\" has no training pictures to learn from"
    case .mismatch(let inputs, let features):
      "the network takes \(inputs) inputs, the pictures have \(features) features"
    case .invalidLearningRate(let rate): "a learning rate is a positive number, not \(rate)"
    case .invalidMomentum(let momentum): "a momentum is at least 0 and below 1, which \(momentum) is not"
    case .invalidPenalty(let penalty): "a penalty on weights is at least 0 and finite, which \(penalty) is not"
    case .tooManyForDual(let count, let limit):
      "the dual form compares all training pictures with each other, and \(count) are too many (the limit is \(limit)); use "
        + "the primal form or leave the choice open"
    case .invalidIterations(let count): "a number of iterations is not negative, as \(count) is"
    case .overflow(let iteration, let rate, let stable):
      "the weights overflowed at iteration \(iteration): the learning rate \(rate) is far too large; the largest stable "
        + "one is \(stable)"
    }
  }
}
