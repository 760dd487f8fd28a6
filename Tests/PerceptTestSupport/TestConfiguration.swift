package import PerceptModels

extension TrainingConfiguration {
  /// A configuration with the options that a test chooses, in one line: those that are nil are as in `base`. Unless
  /// `scaling` is given or `base` is standardized, features are centered for an automatic rate without batches, and are
  /// otherwise those of the references, from 0 to 1.
  package static func test(
    from base: TrainingConfiguration = TrainingConfiguration(), _ optimizer: Optimizer? = nil,
    learningRate: LearningRate? = nil, momentum: Double? = nil, iterations: Int? = nil, l2: Double? = nil,
    l1: Double? = nil, classWeights: ClassWeights? = nil, labelSmoothing: Double? = nil,
    scaling: FeatureScaling? = nil, form: DescentForm? = nil, batchSize: Int? = nil, schedule: Schedule? = nil,
    warmUp: Double? = nil, augmentation: Augmentation? = nil, earlyStopping: EarlyStopping? = nil, seed: UInt64? = nil
  ) -> TrainingConfiguration {
    var made = base
    made.optimizer = optimizer ?? base.optimizer
    made.learningRate = learningRate ?? base.learningRate
    made.momentum = momentum ?? base.momentum
    made.iterations = iterations ?? base.iterations
    (made.l2, made.l1) = (l2 ?? base.l2, l1 ?? base.l1)
    made.classWeights = classWeights ?? base.classWeights
    made.labelSmoothing = labelSmoothing ?? base.labelSmoothing
    made.form = form ?? base.form
    made.batchSize = batchSize ?? base.batchSize
    (made.schedule, made.warmUp) = (schedule ?? base.schedule, warmUp ?? base.warmUp)
    made.augmentation = augmentation ?? base.augmentation
    made.earlyStopping = earlyStopping ?? base.earlyStopping
    made.seed = seed ?? base.seed
    let usual: FeatureScaling = made.learningRate == .automatic && !made.isInBatches ? .centered : .unit
    made.scaling = scaling ?? (base.scaling == .standardized ? .standardized : usual)
    return made
  }
}
