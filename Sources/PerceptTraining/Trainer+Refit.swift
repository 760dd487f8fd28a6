public import PerceptDatasets
import PerceptLinearAlgebra
public import PerceptModels

extension Trainer {
  /// Trains a classifier once more, as its record says, so that the coefficients of its training pictures are known.
  ///
  /// The record knows all settings of a neuron's training (or of one neuron a class) with all pictures at once, but not the pictures:
  /// they must be the ones that it learned from. Whether they are shows in the weights that come of it.
  ///
  /// - Parameters:
  ///   - classifier: a neuron, or one neuron a class.
  ///   - dataset: the pictures that it learned from.
  /// - Returns: the training, whose weights are those of the classifier but for rounding, with ``TrainingRun/coefficients``.
  /// - Throws: ``TrainingError/notRepeated(_:)`` when it cannot be repeated like that or comes out otherwise.
  public static func refit(of classifier: Classifier, on dataset: Dataset) throws -> TrainingRun {
    guard classifier.network.layers.count == 1 else {
      throw TrainingError.notRefit("hidden layers are no sum of training pictures")
    }
    guard dataset.count <= mostRefitExamples else {
      throw TrainingError.notRefit(
        "with more than \(mostRefitExamples) training pictures, and there are \(dataset.count), keeping count of each takes too long"
      )
    }
    try classifier.check(fits: dataset)
    let trainer = try Trainer(repeating: classifier.record)
    let run = try trainer.fit(
      Network(inputs: dataset.featureCount, classes: dataset.classNames.count), to: dataset)
    let (found, wanted) = (run.classifier.network.layers[0], classifier.network.layers[0])
    guard run.coefficients != nil, run.divergence == nil else {
      throw TrainingError.notRefit("the training diverged, and the best weights there were are no sum that was kept")
    }
    let share = distance(found, wanted) / max(distance(wanted, nil), .leastNormalMagnitude)
    guard share <= 1e-6 else {
      throw TrainingError.notRefit(
        "trained again as the model says on \(counted(dataset.count, "picture")), its weights come out otherwise: it began with other "
          + "weights, or learned from other pictures (--seed, --test-fraction, --group-by and --labels decide on these; where --patience or "
          + "--calibrate drew a validation part, give the file that train writes with --write-split)"
      )
    }
    return run
  }

  /// With more pictures their products with each other take longer than people wait.
  package static let mostRefitExamples = 8192

  private static func distance(_ a: DenseLayer, _ b: DenseLayer?) -> Double {
    let numbers = a.weights.elements + a.bias
    let others = b.map { $0.weights.elements + $0.bias } ?? numbers.map { _ in 0 }
    return zip(numbers, others).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }.squareRoot()
  }

  /// The trainer that a record tells of, in the dual form.
  private init(repeating record: TrainingRecord) throws(TrainingError) {
    let settings = record.settings
    let problem: String? =
      if settings.batchSize != nil || settings.augmentation != nil {
        "training in batches keeps no count of pictures"
      } else if record.validation != nil {
        "the weights were chosen by a validation part"
      } else if settings.l1 != nil { "with an L1 penalty weights are no sum of pictures" } else { nil }
    if let problem { throw .notRefit(problem) }
    guard let optimizer = Optimizer(settings), let schedule = Schedule(named: settings.schedule ?? "constant") else {
      throw .notRefit("its weights are no sum of pictures with \(settings.optimizer)")
    }
    self.init(
      minimizing: Objective(
        .crossEntropy, l2: settings.l2 ?? 0, classWeights: settings.classWeights.map { .given($0) } ?? .equal,
        labelSmoothing: settings.labelSmoothing ?? 0),
      with: optimizer, iterations: settings.iterations, scale: settings.scale.flatMap(FeatureScaling.init) ?? .unit,
      form: .dual,
      schedule: schedule)
  }
}

extension Optimizer {
  /// One whose updates are sums of pictures, as a record names it.
  fileprivate init?(_ settings: TrainingRecord.Settings) {
    let rate: LearningRate = settings.isAutomatic ? .automatic : .fixed(settings.learningRate)
    let all: [Optimizer] = [
      .gradientDescent(learningRate: rate), .momentum(settings.momentum ?? 0, learningRate: rate),
      .nesterov(settings.momentum ?? 0, learningRate: rate), .lbfgs,
    ]
    guard let optimizer = all.first(where: { $0.name == settings.optimizer }) else { return nil }
    self = optimizer
  }
}

extension Schedule {
  /// The schedule of a name, as ``name`` has it.
  package init?(named name: String) {
    let parts = name.split(separator: ", warm-up ", maxSplits: 1)
    let words = (parts.first ?? "").split(separator: " ")
    guard let warmUp = parts.count == 1 ? 0 : Double(parts[1]) else { return nil }
    switch words.first {
    case "constant": self.init(warmUp: warmUp)
    case "cosine": self.init(.cosine, warmUp: warmUp)
    case "step" where words.count == 4:
      guard let every = Double(words[1]), let factor = Double(words[3]) else { return nil }
      self.init(.step(every: every, factor: factor), warmUp: warmUp)
    default: return nil
    }
  }
}
