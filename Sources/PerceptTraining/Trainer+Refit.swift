public import PerceptDatasets
import PerceptLinearAlgebra
public import PerceptModels

extension Trainer {
  /// Repeats the training run of a classifier in the dual form, which yields the coefficients of the training images.
  /// The refit is accepted if its weights agree with those of the classifier to a relative error of 10⁻⁶. It takes as
  /// many iterations as the record has costs, whatever number of iterations a file claims.
  ///
  /// - Parameters:
  ///   - classifier: a classifier without hidden layers that was trained from zero weights.
  ///   - dataset: the training images of the classifier, which its record does not contain.
  /// - Returns: the run, with ``TrainingRun/coefficients``. Its weights are those of the classifier up to rounding.
  /// - Throws: ``TrainingError/notRefit(_:)`` if a refit is not possible, or has different weights; ``ModelError`` if
  ///   the classes or the preprocessing of the dataset differ from those of the classifier.
  public static func refit(of classifier: Classifier, on dataset: Dataset) throws -> TrainingRun {
    guard classifier.network.layers.count == 1 else { throw TrainingError.notRefit(.hiddenLayers) }
    guard dataset.count <= refitLimit else {
      throw TrainingError.notRefit(.tooManyImages(count: dataset.count, limit: refitLimit))
    }
    try classifier.check(fits: dataset)
    let trainer = try Trainer(refitting: classifier.record)
    // The record has a cost for each iteration. One iteration more shows whether the run diverged there.
    let recorded = classifier.record.costs.count
    let run = try trainer.fit(
      Network(inputs: dataset.featureCount, classes: dataset.classNames.count), to: dataset
    ) { iteration in
      if iteration.iteration >= recorded { throw StopTraining() }
    }
    let (found, wanted) = (run.classifier.network.layers[0], classifier.network.layers[0])
    guard run.coefficients != nil, run.divergence == nil else { throw TrainingError.notRefit(.diverged) }
    let relativeError = distance(found, wanted) / max(distance(wanted, nil), .leastNormalMagnitude)
    guard relativeError <= 1e-6 else { throw TrainingError.notRefit(.differentWeights(examples: dataset.count)) }
    return run
  }

  /// The largest number of images for a refit. The time for the Gram matrix is quadratic in the number of images.
  package static let refitLimit = 8192

  /// Returns the Euclidean distance of the parameters of two layers; nil stands for zero parameters.
  private static func distance(_ a: DenseLayer, _ b: DenseLayer?) -> Double {
    let numbers = a.weights.elements + a.bias
    let others = b.map { $0.weights.elements + $0.bias } ?? numbers.map { _ in 0 }
    return zip(numbers, others).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }.squareRoot()
  }

  /// Creates a trainer with the configuration of a record, in the dual form.
  private init(refitting record: TrainingRecord) throws(TrainingError) {
    var configuration = record.configuration
    if configuration.isInBatches { throw .notRefit(.batches) }
    if record.validation != nil { throw .notRefit(.validation) }
    if configuration.l1 != 0 { throw .notRefit(.l1) }
    configuration.form = .dual
    self.init(configuration)
  }
}
