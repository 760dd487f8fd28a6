import PerceptDatasets
import PerceptFeatures
import PerceptImages
import PerceptInterpretation
import PerceptLinearAlgebra
import PerceptModels
import PerceptTestSupport
import PerceptTraining
import Testing

@Suite("Counterfactual")
struct CounterfactualTests {
  /// Checks that a counterfactual flips the answer, and that the image just before it on the line does not.
  static func check(_ counterfactual: Counterfactual, _ classifier: Classifier, _ features: [UInt8]) {
    let before = classifier.label(of: features)
    #expect(classifier.label(of: counterfactual.features) != before && counterfactual.original == features)
    #expect(counterfactual.prediction.label == classifier.label(of: counterfactual.features))
    let unchanged = counterfactual.way.image(after: counterfactual.unchanged)
    #expect(classifier.label(of: unchanged) == before)
    // They differ by one level in one sample, or in a few that round at the same position.
    let last = zip(unchanged, counterfactual.features).filter { $0 != $1 }
    #expect(!last.isEmpty && last.allSatisfy { abs(Int($0) - Int($1)) == 1 } && last.count <= features.count / 10)
    let changes = zip(features, counterfactual.features).map { abs(Int($0) - Int($1)) }
    #expect(counterfactual.largestChange == changes.max())
    let square = Double(changes.reduce(0) { $0 + $1 * $1 }) / Double(changes.count)
    #expect(abs(counterfactual.rootMeanSquare * counterfactual.rootMeanSquare - square) < 1e-9 * square)
  }

  /// Checks, if no counterfactual is found, that random extreme images get the same answer.
  static func checkNone(_ classifier: Classifier, _ features: [UInt8]) {
    var generator = SeededGenerator(seed: 1)
    let before = classifier.label(of: features)
    for _ in 0..<300 {
      let extremes: [UInt8] = features.map { _ in Bool.random(using: &generator) ? 255 : 0 }
      #expect(classifier.label(of: extremes) == before)
    }
  }

  @Test("weights and biases of any size that a model can have give a counterfactual or none", arguments: [1, 3])
  func extremes(layers: Int) {
    let most = Network.largestLogit / 1000
    let preprocessing = Preprocessing(imageSize: 1, color: .gray)
    for weight in [0, Double.leastNonzeroMagnitude, 1e-200, 1e-160, 1, most.squareRoot(), most] {
      for bias in [0, Double.leastNonzeroMagnitude, 1, most] {
        let middle = DenseLayer(weights: Matrix(rows: 1, columns: 1, elements: [1]), bias: [0], activation: .relu)
        let last = DenseLayer(
          weights: Matrix(rows: 1, columns: 1, elements: [-weight]), bias: [bias], activation: .sigmoid)
        let classifier = Classifier(
          network: Network(layers: Array(repeating: middle, count: layers - 1) + [last]), classNames: ["a", "b"],
          preprocessing: preprocessing, record: TrainingRecord())
        #expect(classifier.network.isBounded())
        for pixel in [0, 100, 255] as [UInt8] {
          guard let found = Counterfactual(classifier, features: [pixel]) else { continue }
          #expect(classifier.label(of: found.features) != classifier.label(of: [pixel]))
        }
      }
    }
  }

  @Test("the counterfactual flips the answer, and a slightly smaller change does not", arguments: RandomNetwork.all)
  func flips(network: RandomNetwork) {
    var found = 0
    for seed in 1...12 as ClosedRange<UInt64> {
      let classifier = network.classifier(seed: seed)
      for features in network.images(3, seed: seed) {
        if let counterfactual = Counterfactual(classifier, features: features) {
          Self.check(counterfactual, classifier, features)
          found += 1
        } else if network.hidden.isEmpty {
          Self.checkNone(classifier, features)
        }
      }
    }
    // Some random networks with hidden layers give one answer to all images, and inactive units have no gradient.
    #expect(found >= (network.hidden.isEmpty ? 30 : 18), "\(found) of 36")
  }

  @Test("for a single neuron, no shorter change in another direction flips the answer")
  func nearest() throws {
    var generator = SeededGenerator(seed: 9)
    let network = RandomNetwork()
    for seed in 1...10 as ClosedRange<UInt64> {
      let (classifier, features) = (network.classifier(seed: seed), network.images(1, seed: seed)[0])
      let counterfactual = try #require(Counterfactual(classifier, features: features))
      let (before, weights) = (classifier.label(of: features), classifier.network.layers[0].weights.elements)
      let sign = before == 1 ? -1.0 : 1.0
      for _ in 0..<50 {
        // Go 98 % of the counterfactual's distance in another direction, which is not far enough.
        let other = weights.map { sign * $0 + Double.random(in: -0.3...0.3, using: &generator) }
        let length = other.reduce(0) { $0 + $1 * $1 }.squareRoot()
        let scale = 0.98 * counterfactual.rootMeanSquare * Double(other.count).squareRoot() / length
        let image = zip(features, other).map { UInt8(min(max(Double($0) + scale * $1, 0), 255).rounded()) }
        #expect(classifier.label(of: image) == before)
      }
    }
  }

  @Test("there is no counterfactual if no image gets another answer")
  func none() {
    let features: [UInt8] = [255, 51, 0, 102, 0, 255]
    #expect(Counterfactual(InterpretationTests.classifier(bias: 40), features: features) == nil)
    #expect(Counterfactual(InterpretationTests.classifier(bias: -40), features: features) == nil)
    #expect(Counterfactual(InterpretationTests.classifier(), features: features) != nil)
  }

  @Test("with several classes, the nearest one is found even if the runner-up cannot be reached")
  func rivals() throws {
    var network = Network(inputs: 4, classes: 3)
    network.layers[0].weights.elements = [1, 1, 1, 1, 1, 1, 1, 1, 2, 2, 2, 2]
    network.layers[0].bias = [0.2, 0.15, 0]
    let classifier = Classifier(
      network: network, classNames: ["a", "b", "c"], preprocessing: Preprocessing(imageSize: 2, color: .gray),
      record: InterpretationTests.classifier().record)
    #expect(classifier.label(of: [0, 0, 0, 0]) == 0)
    #expect(try #require(Counterfactual(classifier, features: [0, 0, 0, 0])).prediction.label == 2)
  }

  @Test("the difference image is centered at middle gray and amplified as far as possible without clipping")
  func difference() throws {
    let classifier = InterpretationTests.classifier()
    let counterfactual = try #require(Counterfactual(classifier, features: [255, 51, 0, 102, 0, 255]))
    let (image, factor) = counterfactual.difference
    #expect(factor == 127 / counterfactual.largestChange && image.size == classifier.preprocessing.size)
    for (index, sample) in image.pixels.enumerated() {
      #expect(Int(sample) == 128 + factor * (Int(counterfactual.features[index]) - Int(counterfactual.original[index])))
    }
  }

  @Test(
    "every test image of real data has a counterfactual, with a neuron and with hidden layers",
    .enabled(if: SharedData.isPresent), arguments: [[], [20]])
  func photos(hidden: [Int]) throws {
    let photos = try Dataset(DataSource(SharedData.path("celeb100")), preprocessing: Preprocessing(imageSize: 64))
    let (training, test) = (try #require(photos.subset(.training)), try #require(photos.subset(.test)))
    #expect(test.count > 0)
    let configuration = TrainingConfiguration.test(
      hidden.isEmpty ? .gradientDescent : .adam, learningRate: hidden.isEmpty ? 0.005 : 0.0002, iterations: 100)
    let run = try Trainer(configuration).fit(
      Network(inputs: photos.featureCount, hidden: hidden, classes: 2, seed: 1), to: training)
    for index in 0..<test.count {
      let features = test.withFeatures(of: index, Array.init)
      Self.check(try #require(Counterfactual(run.classifier, features: features)), run.classifier, features)
    }
  }
}
