import PerceptDatasets
import PerceptFeatures
import PerceptIO
import PerceptImages
import PerceptLinearAlgebra
import PerceptModels
import PerceptPlatform
import PerceptTestSupport
import Testing

@Suite("Model file: limits")
struct ModelLimitTests {
  /// Returns a classifier for images of 1 x 1 pixels, with one weight and one bias in each layer.
  static func classifier(_ layers: [(weight: Double, bias: Double)], temperature: Double = 1) -> Classifier {
    let network = Network(
      layers: layers.enumerated().map { index, layer in
        DenseLayer(
          weights: Matrix(rows: 1, columns: 1, elements: [layer.weight]), bias: [layer.bias],
          activation: index == layers.count - 1 ? .sigmoid : .relu)
      })
    return Classifier(
      network: network, classNames: ["a", "b"], preprocessing: Preprocessing(imageSize: 1, color: .gray),
      record: TrainingRecord(costs: [0.5]), temperature: temperature)
  }

  /// Returns whether the file of a classifier can be read.
  static func isReadable(_ classifier: Classifier) throws -> Bool {
    do {
      return try Classifier(decoding: classifier.encoded(), named: "x") == classifier
    } catch let error as ModelError {
      #expect("\(error)".hasPrefix("x: not a valid Percept model: "))
      return false
    }
  }

  @Test("models up to the bound of the logits are read, others are refused")
  func logits() throws {
    let most = Network.largestLogit
    let readable: [(Classifier, Bool)] = [
      (Self.classifier([(0, most)]), true), (Self.classifier([(0, most.nextUp)]), false),
      (Self.classifier([(0, -most.nextUp)]), false), (Self.classifier([(most / 256, 0)]), true),
      (Self.classifier([(most / 254, 0)]), false), (Self.classifier([(-most / 254, 0)]), false),
      (Self.classifier([(1, 0), (most / 256, 0)]), true), (Self.classifier([(1, 0), (most / 254, 0)]), false),
      // The second layer ignores the first, but its sums would overflow.
      (Self.classifier([(1e200, 0), (0, 0)]), false), (Self.classifier([(1e200, 0), (1e-200, 0)]), false),
      // A hidden unit can be 1 although its pre-activation is bounded by less.
      (Self.classifier([(0, 0), (most.nextUp, 0)]), false),
      (Self.classifier([(0, 1e90)], temperature: 1e-10), true),
      (Self.classifier([(0, 1e90)], temperature: 1e-11), false), (Self.classifier([(0, 1)], temperature: 1e300), true),
      (Self.classifier([(Double.leastNonzeroMagnitude, 0)], temperature: Double.leastNonzeroMagnitude), false),
      (Self.classifier([(Double.leastNonzeroMagnitude, Double.leastNonzeroMagnitude)]), true),
    ]
    for (classifier, isReadable) in readable {
      #expect(try Self.isReadable(classifier) == isReadable, "\(classifier.network.layers)")
    }
  }

  @Test("the loss, the calibration and the counterfactual of a model at the bound are finite")
  func finite() throws {
    let (image, other) = (Example(file: "0", label: 0), Example(file: "1", label: 1))
    for bias in [Network.largestLogit, -Network.largestLogit] {
      let classifier = Self.classifier([(0, bias)])
      let data = try Dataset(
        features: [[0], [255]], examples: [image, other], classNames: ["a", "b"],
        preprocessing: classifier.preprocessing)
      let evaluation = try classifier.evaluate(on: data)
      #expect(evaluation.cost() == Network.largestLogit / 2)
      #expect(evaluation.calibration.error == 0.5)
      #expect(evaluation.bestTemperature?.isFinite != false)
    }
  }

  /// A change of a training record, and what the error says.
  struct Change: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let change: @Sendable (inout TrainingRecord) -> Void

    init(_ problem: String, _ change: @escaping @Sendable (inout TrainingRecord) -> Void) {
      (testDescription, self.change) = (problem, change)
    }
  }

  static let changes = [
    Change("iterations must be ≤ 1000000000000 (got 9223372036854775807)") { $0.configuration.iterations = .max },
    Change("iterations must be ≥ 0 (got -1)") { $0.configuration.iterations = -1 },
    Change("batchSize must be ≥ 1 (got 0)") { $0.configuration.batchSize = 0 },
    Change("batchSize must be ≤ 1000000000000 (got 9223372036854775807)") { $0.configuration.batchSize = .max },
    Change("patience must be ≤ 1000000000000 (got 9223372036854775807)") {
      $0.configuration.earlyStopping = EarlyStopping(patience: .max)
    },
    Change("earlyStopping needs at least 1 iteration between validation results (got 0)") {
      $0.configuration.earlyStopping = EarlyStopping(patience: 1, every: 0)
    },
    Change("iteration must be ≥ 0 (got -9223372036854775808)") {
      $0.validation = [.init(iteration: .min, cost: 1, accuracy: 1)]
    },
    Change("accuracy must be 0 to 1 (got 1.5)") { $0.validation = [.init(iteration: 1, cost: 1, accuracy: 1.5)] },
    Change("count must be ≥ 1 (got 0)") { $0.scores["test"] = score(0, of: 0) },
    Change("count must be ≤ 1000000000000 (got 9223372036854775807)") { $0.scores["test"] = score(1, of: .max) },
    Change("scores.test must have a correct and a majorityCount from 0 to 5") { $0.scores["test"] = score(6, of: 5) },
    Change("scores.test must have a correct and a majorityCount from 0 to 5") { $0.scores["test"] = score(-1, of: 5) },
    Change("scores.test must have a correct and a majorityCount from 0 to 5") {
      $0.scores["test"] = score(1, of: 5, majority: 6)
    },
    Change("testFraction must be 0 to 1 (got 2.0)") { $0.draw = SplitDraw(testFraction: 2, seed: 1) },
  ]

  private static func score(_ correct: Int, of count: Int, majority: Int = 0) -> Score {
    Score(correct: correct, count: count, majorityClass: "a", majorityCount: majority)
  }

  @Test("a training record with a number that no training has is refused", arguments: changes)
  func record(change: Change) throws {
    var classifier = Self.classifier([(1, 1)])
    classifier.record.scores["test"] = Self.score(5, of: 5, majority: 5)
    #expect(try Self.isReadable(classifier))
    change.change(&classifier.record)
    #expect(
      throws: ModelError.notAModel(path: "x", problem: "in its training record, \(change.testDescription)")
    ) {
      try Classifier(decoding: classifier.encoded(), named: "x")
    }
  }

  @Test("the largest counts, and costs of any size, are read")
  func largest() throws {
    var classifier = Self.classifier([(1, 1)])
    let most = TrainingConfiguration.largestCount
    classifier.record.configuration = .test(
      iterations: most, batchSize: most, earlyStopping: EarlyStopping(patience: most, every: most))
    classifier.record.costs = [.greatestFiniteMagnitude, -.greatestFiniteMagnitude, Double.leastNonzeroMagnitude]
    classifier.record.scores["train"] = Self.score(most, of: most)
    #expect(try Self.isReadable(classifier))
  }

  @Test("a model that is a pipe, a device or an empty sparse file is refused at once")
  func files() throws {
    let folder = try TemporaryFolder()
    #expect(throws: FileError("/dev/zero", .isNotRegular)) { try Classifier(contentsOf: "/dev/zero") }
    let sparse = try folder.write([], to: "sparse.safetensors")
    #expect(truncate(sparse, 1 << 40) == 0)
    #expect(throws: ModelError.notAModel(path: sparse, problem: "it is not a safetensors file")) {
      try Classifier(contentsOf: sparse)
    }
    // A valid length of the header, but more data than any model has.
    let large = try folder.write([2, 0, 0, 0, 0, 0, 0, 0] + Array("{}".utf8), to: "large.safetensors")
    #expect(truncate(large, 1 << 40) == 0)
    #expect(throws: FileError(large, .tooLarge(limit: 1 << 32))) { try Classifier(contentsOf: large) }
  }
}
