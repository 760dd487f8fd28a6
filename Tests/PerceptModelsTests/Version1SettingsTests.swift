import Foundation
import PerceptIO
import PerceptModels
import PerceptTestSupport
import Testing

@Suite("Training settings of version 1")
struct Version1SettingsTests {
  func configuration(_ text: String) throws -> TrainingConfiguration? {
    try JSONDecoder().decode(Version1Settings.self, from: Data(text.utf8)).configuration
  }

  @Test("every label of version 1 is read")
  func all() throws {
    let full = """
      {"augmentation":"mirror, shift 0.1, rotate 10, brightness 0.2","batchSize":4,"classWeights":[0.5,2],\
      "isAutomatic":false,"iterations":60,"l1":0.001,"l2":0.01,"labelSmoothing":0.1,"learningRate":0.05,\
      "momentum":0.8,"optimizer":"Nesterov","scale":"standardize","schedule":"step 0.25 x 0.1, warm-up 0.1"}
      """
    let expected = TrainingConfiguration {
      ($0.optimizer, $0.learningRate, $0.momentum) = (.nesterov, 0.05, 0.8)
      ($0.iterations, $0.batchSize, $0.schedule, $0.warmUp) = (60, 4, .step(every: 0.25, factor: 0.1), 0.1)
      ($0.l2, $0.l1, $0.classWeights, $0.labelSmoothing) = (0.01, 0.001, .given([0.5, 2]), 0.1)
      $0.augmentation = Augmentation(mirror: true, shift: 0.1, rotation: 10, brightness: 0.2)
      $0.scaling = .standardized
    }
    #expect(try configuration(full) == expected)
  }

  @Test(
    "optimizers",
    arguments: [
      ("gradient descent", .gradientDescent), ("momentum", .momentum), ("Nesterov", .nesterov), ("Adam", .adam),
      ("AdamW", .adamW), ("L-BFGS", .lbfgs), ("none", .gradientDescent), ("", .gradientDescent),
    ] as [(String, Optimizer)])
  func optimizer(label: String, optimizer: Optimizer) throws {
    let text = #"{"isAutomatic":true,"iterations":5,"learningRate":1,"optimizer":"\#(label)"}"#
    let expected = TrainingConfiguration {
      ($0.optimizer, $0.iterations) = (optimizer, 5)
      $0.scaling = [.adam, .adamW].contains(optimizer) ? .unit : .centered
    }
    #expect(try configuration(text) == expected)
  }

  @Test(
    "schedules and warm-ups",
    arguments: [
      ("constant", .constant, 0), ("constant, warm-up 0.1", .constant, 0.1), ("cosine", .cosine, 0),
      ("cosine, warm-up 0.25", .cosine, 0.25), ("step 0.25 x 0.1", .step(every: 0.25, factor: 0.1), 0),
      ("step 0.3333333333333333 x 0.1, warm-up 0.1", .step(every: 1.0 / 3, factor: 0.1), 0.1),
    ] as [(String, Schedule, Double)])
  func schedule(label: String, schedule: Schedule, warmUp: Double) throws {
    let text = """
      {"isAutomatic":false,"iterations":5,"learningRate":0.5,"optimizer":"gradient descent","schedule":"\(label)"}
      """
    let read = try #require(try configuration(text))
    #expect(read.schedule == schedule && read.warmUp == warmUp && read.learningRate == 0.5)
  }

  @Test(
    "augmentations",
    arguments: [
      ("mirror", Augmentation(mirror: true)), ("mirror, shift 0.1", Augmentation(mirror: true, shift: 0.1)),
      ("rotate 7.5", Augmentation(rotation: 7.5)),
      ("shift 0.1, brightness 0.2", Augmentation(shift: 0.1, brightness: 0.2)),
    ])
  func augmentation(label: String, augmentation: Augmentation) throws {
    let text = """
      {"augmentation":"\(label)","isAutomatic":true,"iterations":5,"learningRate":0.001,"optimizer":"Adam"}
      """
    #expect(try configuration(text)?.augmentation == augmentation)
  }

  @Test(
    "features are centered where all examples are used at an automatic rate, unless they are standardized",
    arguments: [
      (#""isAutomatic":true,"optimizer":"gradient descent""#, .centered),
      (#""isAutomatic":true,"optimizer":"L-BFGS""#, .centered),
      (#""isAutomatic":false,"optimizer":"gradient descent""#, .unit),
      (#""isAutomatic":true,"optimizer":"Adam""#, .unit),
      (#""isAutomatic":true,"optimizer":"gradient descent","batchSize":8"#, .unit),
      (#""isAutomatic":true,"optimizer":"gradient descent","augmentation":"mirror""#, .unit),
      (#""isAutomatic":true,"optimizer":"gradient descent","scale":"standardize""#, .standardized),
      (#""isAutomatic":false,"optimizer":"Adam","scale":"standardize""#, .standardized),
    ] as [(String, FeatureScaling)])
  func scaling(settings: String, scaling: FeatureScaling) throws {
    #expect(try configuration(#"{"iterations":5,"learningRate":0.5,\#(settings)}"#)?.scaling == scaling)
  }

  @Test(
    "labels that version 1 did not write are refused",
    arguments: [
      #""schedule":"linear""#, #""schedule":"step 0.25""#, #""schedule":"step:0.25:0.1""#,
      #""schedule":"cosine, warm-up x""#, #""augmentation":"flip""#, #""augmentation":"shift 9""#,
      #""scale":"centered""#,
    ])
  func unknown(setting: String) throws {
    let text = #"{"isAutomatic":true,"iterations":5,"learningRate":1,"optimizer":"momentum",\#(setting)}"#
    #expect(try configuration(text) == nil)
    let record = Data(#"{"costs":[],"scores":{},"settings":\#(text)}"#.utf8)
    #expect(throws: DecodingError.self) { try JSONDecoder().decode(TrainingRecord.self, from: record) }
  }

  @Test("a record of version 1 is read")
  func record() throws {
    let text = """
      {"costs":[0.7,0.5],"scores":{},"settings":{"isAutomatic":true,"iterations":2,"learningRate":0.3,\
      "momentum":0.9,"optimizer":"momentum"},"stableLearningRate":0.6}
      """
    let record = try JSONDecoder().decode(TrainingRecord.self, from: Data(text.utf8))
    let expected = TrainingRecord(
      .test(.momentum, iterations: 2), learningRate: 0.3, stableLearningRate: 0.6, costs: [0.7, 0.5])
    #expect(record == expected)
  }

  @Test("settings are written as version 1 wrote them, and read back as the configuration")
  func written() throws {
    let configuration = TrainingConfiguration.test(
      .momentum, learningRate: 0.05, momentum: 0.8, iterations: 60, l2: 0.01, l1: 0.001, classWeights: .given([1, 2]),
      labelSmoothing: 0.1, scaling: .standardized, batchSize: 4, schedule: .step(every: 0.25, factor: 0.1), warmUp: 0.1,
      augmentation: Augmentation(mirror: true, shift: 0.1))
    let settings = Version1Settings(configuration, learningRate: 0.05, classCounts: [6, 3])
    let encoder = JSONEncoder()
    encoder.outputFormatting = .sortedKeys
    #expect(
      String(decoding: try encoder.encode(settings), as: UTF8.self) == """
        {"augmentation":"mirror, shift 0.1","batchSize":4,"classWeights":[1,2],"isAutomatic":false,"iterations":60,\
        "l1":0.001,"l2":0.01,"labelSmoothing":0.1,"learningRate":0.05,"momentum":0.8,"optimizer":"momentum",\
        "scale":"standardize","schedule":"step 0.25 x 0.1, warm-up 0.1"}
        """)
    #expect(settings.configuration == configuration)

    let plain = Version1Settings(TrainingConfiguration(), learningRate: 0.5, classCounts: [6, 3])
    #expect(
      String(decoding: try encoder.encode(plain), as: UTF8.self)
        == #"{"isAutomatic":true,"iterations":1000,"learningRate":0.5,"optimizer":"gradient descent"}"#)
    #expect(plain.configuration == TrainingConfiguration())
    // Balanced weights were stored as numbers.
    let balanced = Version1Settings(.test(classWeights: .balanced), learningRate: 0.5, classCounts: [6, 3])
    #expect(balanced.classWeights == [0.75, 1.5])
  }

  @Test("the identity in a checkpoint has the texts of version 1")
  func identity() {
    #expect(
      TrainingConfiguration().version1Identity == [
        "optimizer": "gradient descent", "learning rate": "auto", "iterations": "1000", "L1": "0.0", "L2": "0.0",
        "class weights": "equal", "label smoothing": "0.0", "scale": "unit", "form": "auto", "schedule": "constant",
        "seed": "0",
      ])
    let configuration = TrainingConfiguration.test(
      .momentum, learningRate: 0.05, momentum: 0.8, iterations: 60, l2: 0.01, classWeights: .given([1, 2]),
      labelSmoothing: 0.1, scaling: .standardized, form: .primal, batchSize: 4,
      schedule: .step(every: 1.0 / 3, factor: 0.1), warmUp: 0.1, augmentation: Augmentation(mirror: true, rotation: 5),
      earlyStopping: EarlyStopping(patience: 3, every: 2), seed: 3)
    #expect(
      configuration.version1Identity == [
        "optimizer": "momentum", "momentum": "0.8", "learning rate": "0.05", "iterations": "60", "L1": "0.0",
        "L2": "0.01", "class weights": "given([1.0, 2.0])", "label smoothing": "0.1", "scale": "standardize",
        "form": "primal", "batch size": "4", "schedule": "step 0.3333333333333333 x 0.1, warm-up 0.1",
        "augmentation": "mirror, rotate 5", "patience": "3", "iterations between looks": "2", "seed": "3",
      ])
    // Version 1 could not choose a scaling, so another than its own cannot be that of its checkpoint.
    #expect(TrainingConfiguration { $0.scaling = .unit }.version1Identity["scale"] != "unit")
  }
}
