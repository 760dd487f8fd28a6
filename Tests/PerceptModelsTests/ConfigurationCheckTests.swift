import PerceptModels
import PerceptTestSupport
import Testing

@Suite("Training configuration: check")
struct ConfigurationCheckTests {
  @Test("valid configurations pass")
  func valid() throws {
    for isDeep in [false, true] { try TrainingConfiguration.standard(isDeep: isDeep).check() }
    try TrainingConfigurationTests.other.check()
    try TrainingConfiguration.test(.lbfgs, l2: 1, form: .dual).check()
    try TrainingConfiguration.test(
      .momentum, learningRate: 1e300, momentum: 0, iterations: 0, l2: 0, l1: 0, labelSmoothing: 0, batchSize: 1,
      warmUp: 0, augmentation: Augmentation(shift: 0.5, rotation: 180, brightness: 0.99),
      earlyStopping: EarlyStopping(patience: 1, every: 1)
    ).check()
  }

  @Test("a value out of range is refused, and the option is named", arguments: [-0.1, .infinity, .nan])
  func numbers(value: Double) {
    func expect(_ option: String, _ requirement: String, _ configuration: TrainingConfiguration) {
      #expect(throws: ConfigurationError(option, "must be \(requirement) (got \(value))")) {
        try configuration.check()
      }
    }
    expect("learningRate", "> 0", .test(learningRate: .fixed(value)))
    expect("momentum", "≥ 0 and < 1", .test(.momentum, momentum: value))
    expect("warmUp", "≥ 0 and < 1", .test(warmUp: value))
    expect("labelSmoothing", "≥ 0 and < 1", .test(labelSmoothing: value))
    expect("l2", "≥ 0", .test(l2: value))
    expect("l1", "≥ 0", .test(l1: value))
  }

  @Test(
    "values at the excluded ends of their ranges are refused",
    arguments: [
      (.test(learningRate: 0), ConfigurationError("learningRate", "must be > 0 (got 0.0)")),
      (.test(momentum: 1), ConfigurationError("momentum", "must be ≥ 0 and < 1 (got 1.0)")),
      (.test(warmUp: 1), ConfigurationError("warmUp", "must be ≥ 0 and < 1 (got 1.0)")),
      (.test(labelSmoothing: 1), ConfigurationError("labelSmoothing", "must be ≥ 0 and < 1 (got 1.0)")),
      (.test(iterations: -1), ConfigurationError("iterations", "must be ≥ 0 (got -1)")),
      (.test(batchSize: 0), ConfigurationError("batchSize", "must be ≥ 1 (got 0)")),
      (
        .test(augmentation: Augmentation(shift: 0.6)),
        ConfigurationError("augmentation", "needs a shift of 0 to 0.5 of the image's side (got 0.6)")
      ),
    ] as [(TrainingConfiguration, ConfigurationError)])
  func ends(configuration: TrainingConfiguration, error: ConfigurationError) {
    #expect(throws: error) { try configuration.check() }
  }

  @Test(
    "early stopping needs a patience and an interval of at least 1",
    arguments: [
      (EarlyStopping(patience: 0), ConfigurationError("patience", "must be ≥ 1 (got 0)")),
      (
        EarlyStopping(patience: 1, every: 0),
        ConfigurationError("earlyStopping", "needs at least 1 iteration between validation results (got 0)")
      ),
    ])
  func earlyStopping(rule: EarlyStopping, error: ConfigurationError) {
    #expect(throws: error) { try TrainingConfiguration.test(earlyStopping: rule).check() }
  }

  @Test(
    "counts above the limit are refused",
    arguments: [
      ("iterations", .test(iterations: .max)), ("batchSize", .test(batchSize: .max)),
      ("patience", .test(earlyStopping: EarlyStopping(patience: .max))),
      ("earlyStopping", .test(earlyStopping: EarlyStopping(patience: 1, every: .max))),
    ] as [(String, TrainingConfiguration)])
  func largest(option: String, configuration: TrainingConfiguration) {
    #expect(throws: ConfigurationError(option, "must be ≤ 1000000000000 (got 9223372036854775807)")) {
      try configuration.check()
    }
  }

  @Test(
    "a step schedule needs a fraction and a factor > 0",
    arguments: [
      .step(every: 0, factor: 0.1), .step(every: -0.5, factor: 0.1), .step(every: 1.5, factor: 0.1),
      .step(every: .nan, factor: 0.1), .step(every: 0.5, factor: 0), .step(every: 0.5, factor: -1),
      .step(every: 0.5, factor: .infinity),
    ] as [Schedule])
  func schedule(schedule: Schedule) {
    let error = #expect(throws: ConfigurationError.self) { try TrainingConfiguration.test(schedule: schedule).check() }
    #expect(error?.option == "schedule", "\(error?.description ?? "")")
  }

  @Test(
    "options that exclude each other are refused",
    arguments: [
      (
        .test(.lbfgs, augmentation: Augmentation(mirror: true)),
        ConfigurationError(
          "augmentation", "cannot be combined with L-BFGS, which needs the same images in every iteration")
      ),
      (
        .test(.lbfgs, batchSize: 2),
        ConfigurationError("batchSize", "cannot be combined with L-BFGS, which uses all examples at once")
      ),
      (.test(.lbfgs, l1: 1), ConfigurationError("l1", "cannot be combined with L-BFGS, which needs a smooth cost")),
      (
        .test(form: .dual, augmentation: Augmentation(mirror: true)),
        ConfigurationError("augmentation", "cannot be combined with the dual form; use the form auto")
      ),
      (
        .test(form: .dual, batchSize: 2),
        ConfigurationError("batchSize", "cannot be combined with the dual form; use the form auto")
      ),
      (
        .test(l1: 1, form: .dual),
        ConfigurationError("l1", "cannot be combined with the dual form; use the form auto")
      ),
    ] as [(TrainingConfiguration, ConfigurationError)])
  func combinations(configuration: TrainingConfiguration, error: ConfigurationError) {
    #expect(throws: error) { try configuration.check() }
  }
}
