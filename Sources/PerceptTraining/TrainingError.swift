import PerceptDatasets
import PerceptPlatform

/// An error that prevents a training run, or ends it.
public enum TrainingError: Error, Equatable, CustomStringConvertible {
  /// The number of classes of the network differs from that of the data.
  case classMismatch(network: Int, data: [String])
  /// A class has no training examples.
  case classWithoutExamples(String)
  /// The number of inputs of the network differs from the number of features of the data.
  case mismatch(inputs: Int, features: Int)
  /// The classes or the preprocessing of the validation split differ from those of the training split.
  case validationMismatch
  /// The validation split has no images.
  case emptyValidation
  /// The class weights are not one positive number for each class.
  case invalidClassWeights([Double], classes: [String])
  /// There is no automatic learning rate for the optimizer with this network or in batches.
  case noAutomaticRate(String)
  /// The Gram matrix of the dual form would be too large.
  case tooManyForDual(Int, limit: Int)
  /// OpenBLAS, which training in batches needs, is not installed.
  case noBLAS
  /// Several processes cannot train in batches.
  case batchesInCluster
  /// A model cannot be refitted, or its refit has different weights.
  case notRefit(RefitProblem)
  /// The cost only rose, or the weights overflowed, before the cost had improved.
  case diverged(iteration: Int, learningRate: Double, stable: Double?)
  /// The checkpoint belongs to a training run with another configuration or other data.
  case otherTraining(path: String, differences: [String])

  /// The reason why ``Trainer/refit(of:on:)`` fails.
  public enum RefitProblem: Sendable, Hashable, CustomStringConvertible {
    /// The model has hidden layers.
    case hiddenLayers
    /// There are more training images than a refit supports.
    case tooManyImages(count: Int, limit: Int)
    /// The model was trained in batches, with Adam or AdamW, or with augmentation.
    case batches
    /// The weights of the model were selected by their cost on a validation split.
    case validation
    /// The model was trained with an L1 penalty.
    case l1
    /// The refit diverged.
    case diverged
    /// The weights of the refit on this number of images differ from those of the model.
    case differentWeights(examples: Int)

    /// The reason in one sentence.
    public var description: String {
      switch self {
      case .hiddenLayers: "the model has hidden layers, so its weights are not a sum of training images"
      case .tooManyImages(let count, let limit): "a refit supports up to \(limit) training images (got \(count))"
      case .batches:
        "the model was trained in batches, with Adam or with augmentation, which yields no coefficients of the images"
      case .validation:
        "the weights of the model were selected on a validation split and may not be those of the last iteration"
      case .l1: "the model was trained with an L1 penalty, so its weights are not a sum of training images"
      case .diverged: "the refit diverged, and there are no coefficients for the best weights"
      case .differentWeights(let examples):
        "a refit on \(counted(examples, "image")) has different weights: these are not the training images of the "
          + "model, or the model started from other weights"
      }
    }
  }

  /// What is wrong, and how to fix it.
  public var description: String {
    switch self {
    case .classMismatch(let network, let names):
      "the network has \(network) classes, but the data has \(names.count): \(names.joined(separator: ", "))"
    case .classWithoutExamples(let name):
      "class \"\(name)\" has no training images; add images or leave out the class"
    case .mismatch(let inputs, let features):
      "the network has \(inputs) inputs, but the images have \(features) features"
    case .notRefit(let problem): problem.description
    case .validationMismatch:
      "the classes or the preprocessing of the validation split differ from those of the training split"
    case .emptyValidation: "the validation split has no images"
    case .noBLAS: "training in batches needs OpenBLAS, which is not installed (Debian: apt install libopenblas0)"
    case .batchesInCluster:
      "several processes train on all images in each iteration, not in batches, with Adam or with augmentation; use the "
        + "optimizer lbfgs, or a batch size of full with momentum and a learning rate, or a single process"
    case .invalidClassWeights(let weights, let classes):
      "class weights must be one number > 0 for each of \(classes.joined(separator: ", ")) (got "
        + weights.map { "\($0)" }.joined(separator: ", ") + ")"
    case .noAutomaticRate(let optimizer):
      "there is no automatic learning rate for \(optimizer) with hidden layers, batches or augmentation; set "
        + "the learning rate"
    case .tooManyForDual(let count, let limit):
      "the dual form supports up to \(limit) training images (got \(count)); use the form primal or auto"
    case .diverged(let iteration, let rate, let stable):
      "the training run diverged within \(iteration) iterations: the learning rate \(rate) is much too large"
        + (stable.map { "; the largest stable rate is \(Self.rounded($0))" } ?? "; try a tenth of it")
    case .otherTraining(let path, let differences):
      "\(path) is the checkpoint of another training run (\(differences.joined(separator: "; "))); use the same data "
        + "and configuration"
    }
  }

  /// Rounds a rate down to four significant digits, so that the result is still stable.
  private static func rounded(_ rate: Double) -> Double {
    guard rate > 0, rate.isFinite else { return rate }
    let scale = pow(10, 3 - log10(rate).rounded(.down))
    return scale.isFinite ? (rate * scale).rounded(.down) / scale : rate
  }
}
