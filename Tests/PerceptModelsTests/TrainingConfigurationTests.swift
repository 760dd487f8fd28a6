import Foundation
import PerceptIO
import PerceptModels
import PerceptTestSupport
import Testing

@Suite("Training configuration")
struct TrainingConfigurationTests {
  /// A configuration in which every option differs from its default, except the loss, of which there is only one.
  static let other = TrainingConfiguration {
    ($0.optimizer, $0.learningRate, $0.momentum) = (.nesterov, 0.05, 0.8)
    ($0.iterations, $0.batchSize, $0.schedule, $0.warmUp) = (20, 8, .step(every: 0.25, factor: 0.1), 0.1)
    ($0.scaling, $0.form) = (.standardized, .primal)
    ($0.l2, $0.l1, $0.classWeights, $0.labelSmoothing) = (0.01, 0.001, .given([1, 2.5]), 0.3)
    $0.augmentation = Augmentation(mirror: true, shift: 0.1, rotation: 10, brightness: 0.2)
    ($0.earlyStopping, $0.seed) = (EarlyStopping(patience: 3, every: 2), .max)
  }

  /// The identifiers in Guides/ModelFile.md. Files use them: they do not change.
  static let identifiers: Set<String> = [
    "loss", "optimizer", "learningRate", "momentum", "iterations", "batchSize", "schedule", "warmUp", "scaling", "form",
    "l2", "l1", "classWeights", "labelSmoothing", "augmentation", "earlyStopping", "seed",
  ]

  func text(_ value: some Encodable) throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = .sortedKeys
    return String(decoding: try encoder.encode(value), as: UTF8.self)
  }

  @Test("the options are the documented identifiers")
  func identifiers() {
    #expect(Set(Self.other.options.keys) == Self.identifiers)
    #expect(Set(Self.other.changes().keys) == Self.identifiers.subtracting(["loss"]))
    #expect(Set(TrainingConfiguration().options.keys) == Self.identifiers.subtracting(["batchSize", "earlyStopping"]))
    #expect(TrainingConfiguration().changes().isEmpty)
    #expect(Self.identifiers.allSatisfy(TrainingConfiguration.hasOption))
    #expect(!TrainingConfiguration.hasOption("patience") && !TrainingConfiguration.hasOption(""))
  }

  @Test("a configuration is the same after encoding and decoding")
  func roundTrip() throws {
    for configuration in [Self.other, TrainingConfiguration(), .standard(isDeep: true), .standard(isDeep: false)] {
      let data = try JSONEncoder().encode(configuration)
      #expect(try JSONDecoder().decode(TrainingConfiguration.self, from: data) == configuration)
      #expect(try TrainingConfiguration().with(configuration.options) == configuration)
      #expect(try TrainingConfiguration().with(configuration.changes()) == configuration)
    }
  }

  @Test("the JSON text of a configuration does not change")
  func literals() throws {
    #expect(
      try text(TrainingConfiguration()) == """
        {"augmentation":"none","classWeights":"equal","form":"auto","iterations":1000,"l1":0,"l2":0,"labelSmoothing":0,\
        "learningRate":"auto","loss":"cross-entropy","momentum":0.9,"optimizer":"gradient-descent",\
        "scaling":"centered","schedule":"constant","seed":0,"warmUp":0}
        """)
    #expect(
      try text(Self.other) == """
        {"augmentation":"mirror,shift:0.1,rotate:10,brightness:0.2","batchSize":8,"classWeights":"1.0,2.5",\
        "earlyStopping":{"every":2,"patience":3},"form":"primal","iterations":20,"l1":0.001,"l2":0.01,\
        "labelSmoothing":0.3,"learningRate":0.05,"loss":"cross-entropy","momentum":0.8,"optimizer":"nesterov",\
        "scaling":"standardized","schedule":"step:0.25:0.1","seed":18446744073709551615,"warmUp":0.1}
        """)
    #expect(Loss.allCases.map(\.rawValue) == ["cross-entropy"])
    #expect(
      Optimizer.allCases.map(\.rawValue) == ["gradient-descent", "momentum", "nesterov", "adam", "adamw", "lbfgs"])
    #expect(FeatureScaling.allCases.map(\.rawValue) == ["unit", "centered", "standardized"])
    #expect(DescentForm.allCases.map(\.rawValue) == ["auto", "primal", "dual"])
  }

  @Test("options that a file lacks have their defaults")
  func missing() throws {
    #expect(try TrainingConfiguration().with([:]) == TrainingConfiguration())
    #expect(try Self.other.with([:]) == Self.other)
    #expect(try TrainingConfiguration().with(["l2": .number(0.5)]) == TrainingConfiguration { $0.l2 = 0.5 })
    #expect(try TrainingConfiguration().with(["batchSize": .null]) == TrainingConfiguration())
    var options = Self.other.options
    for identifier in Self.identifiers.sorted() {
      options[identifier] = nil
      #expect(Set(try TrainingConfiguration().with(options).changes().keys).isSubset(of: options.keys))
    }
    #expect(options.isEmpty)
  }

  @Test(
    "a value that an option cannot have is refused, and the option is named",
    arguments: [
      ("loss", "hinge"), ("optimizer", "Adam"), ("optimizer", 1), ("learningRate", 0), ("learningRate", .number(-0.5)),
      ("learningRate", "automatic"), ("learningRate", true), ("momentum", "0.9"), ("iterations", "many"),
      ("iterations", .number(2.5)), ("batchSize", "full"), ("schedule", "linear"), ("schedule", "step:0:0.1"),
      ("warmUp", "0.1"),
      ("scaling", "standardize"), ("form", "automatic"), ("l2", "0"), ("l1", []), ("classWeights", "1,x"),
      ("classWeights", [1, 2]), ("labelSmoothing", [:]), ("augmentation", "mirror, shift 0.1"),
      ("augmentation", "rotate:200"), ("earlyStopping", 3), ("earlyStopping", ["patience": "3", "every": 1]),
      ("earlyStopping", ["patience": 3]), ("seed", -1), ("seed", "0"), ("l2", .null), ("optimizer", .null),
    ] as [(String, JSONValue)])
  func unknown(option: String, value: JSONValue) {
    let error = #expect(throws: ConfigurationError.self) { try TrainingConfiguration().with([option: value]) }
    #expect(error?.option == option, "\(error?.description ?? "")")
  }

  @Test("problems say what the value must be")
  func problems() {
    func problem(_ option: String, _ value: JSONValue) -> String? {
      #expect(throws: ConfigurationError.self) { try TrainingConfiguration().with([option: value]) }?.description
    }
    #expect(problem("learningRate", -1) == "learningRate must be auto or a number > 0")
    #expect(
      problem("schedule", "linear")
        == "schedule must be constant, cosine, step, or step:EVERY:FACTOR such as step:0.25:0.1")
    #expect(
      problem("classWeights", "0,1")
        == "classWeights must be equal, balanced, or a number > 0 for each class, separated by commas")
    #expect(problem("l2", "much") == "l2 must be a number")
  }

  @Test(
    "few examples have small batches and many epochs",
    arguments: [(1, 8, 100), (80, 8, 100), (250, 16, 100), (1280, 128, 19), (1667, 128, 15), (60_000, 128, 15)])
  func batches(examples: Int, size: Int, epochs: Int) {
    #expect(TrainingConfiguration.standardBatchSize(examples: examples) == size)
    #expect(TrainingConfiguration.standardEpochs(examples: examples) == epochs)
  }
}
