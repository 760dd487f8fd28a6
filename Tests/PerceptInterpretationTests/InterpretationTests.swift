import PerceptFeatures
import PerceptImages
import PerceptInterpretation
import PerceptLinearAlgebra
import PerceptModels
import PerceptTestSupport
import Testing

@Suite("Learned images, weights images and backpropagation traces")
struct InterpretationTests {
  /// The weights of a neuron on 2 x 1 RGB pixels.
  static let weights = [0.5, -0.25, 0.004, 1, 0, -1]

  static func classifier(bias: Double = 0.125) -> Classifier {
    var network = Network.neuron(inputs: 6)
    network.layers[0].weights.elements = weights
    network.layers[0].bias = [bias]
    let record = TrainingRecord(learningRate: 1, stableLearningRate: 1)
    return Classifier(
      network: network, classNames: ["no", "yes"],
      preprocessing: Preprocessing(size: ImageSize(width: 2, height: 1), color: .rgb), record: record)
  }

  @Test("a learned image is weights x pixels / 255 x 255, clipped to 0 … 1, as in the article")
  func learned() {
    let image = Self.classifier().learnedImage(from: [1, 200, 100, 255, 9, 9])
    #expect(image.pixels == [127, 0, 101, 255, 0, 0])
  }

  @Test("a calibration temperature changes neither attributions nor the backpropagation trace")
  func calibrated() throws {
    var classifier = Self.classifier()
    let features: [UInt8] = [1, 200, 100, 255, 9, 9]
    let (attributions, steps) = (
      try Attributions(classifier, features: features, for: 1),
      BackpropagationTrace(classifier, features: features, label: 1)
    )
    classifier.temperature = 4
    #expect(try Attributions(classifier, features: features, for: 1) == attributions)
    #expect(BackpropagationTrace(classifier, features: features, label: 1) == steps)
  }

  @Test("weights are arranged by pixel and channel")
  func planes() {
    let image = WeightsImage(of: Self.classifier())
    #expect(image.planes == [[0.5, 1], [-0.25, 0], [0.004, -1]])
    #expect(image.mean == [(0.5 - 0.25 + 0.004) / 3, 0])
    #expect(image.limit == 1)
  }

  @Test("colors go from blue through white to red, symmetric about zero, and saturate")
  func colors() {
    #expect(WeightsImage.color(0) == [247, 247, 247])
    #expect(WeightsImage.color(1) == [103, 0, 31] && WeightsImage.color(7) == [103, 0, 31])
    #expect(WeightsImage.color(-1) == [5, 48, 97])
    let image = WeightsImage(of: Self.classifier()).image(of: [0, -1], limit: 1)
    #expect(image.pixels == [247, 247, 247, 5, 48, 97])
    #expect(
      WeightsImage(of: Self.classifier()).image(of: [0, 0], limit: 0).pixels == Array(repeating: 247, count: 6))
  }

  @Test("a backpropagation trace agrees with the formulas", arguments: [0, 1])
  func steps(label: Int) {
    let features: [UInt8] = [255, 51, 0, 102, 0, 255]
    let steps = BackpropagationTrace(Self.classifier(), features: features, label: label)
    let z = 0.5 - 0.25 * 0.2 + 0.4 - 1 + 0.125
    let a = 1 / (1 + 1 / exponential(z))
    #expect(abs(steps.logit - z) < 1e-14)
    #expect(abs(steps.product + steps.bias - steps.logit) < 1e-15)
    #expect(abs(steps.activation - a) < 1e-14)
    #expect(abs(steps.cost - -logarithm(label == 1 ? a : 1 - a)) < 1e-13)
    #expect(abs(steps.logitGradient - (a - Double(label))) < 1e-14)
    #expect(abs(steps.activationGradient - (a - Double(label)) / (a * (1 - a))) < 1e-12)
    let length = (1 + 0.04 + 0.16 + 1).squareRoot()
    #expect(abs(steps.weightGradientLength - abs(a - Double(label)) * length) < 1e-14)
  }

  @Test("the attributions image is red for the class, blue against it, and black at zero")
  func glow() throws {
    let sums = try Attributions(Self.classifier(), features: [255, 0, 0, 0, 255, 0], for: 1)
    #expect(sums.map == [0.5, 0] && sums.image.pixels == [255, 225, 170, 0, 0, 0])
    let against = try Attributions(Self.classifier(), features: [0, 51, 0, 0, 0, 255], for: 1)
    #expect(against.map == [-0.05, -1])
    #expect(against.image.pixels.suffix(3) == [205, 230, 255] && against.image.pixels[2] > against.image.pixels[0])
  }

  @Test("a prepared image has the bytes of its features as pixels")
  func images() throws {
    let image = TestImages.photo(seed: 1, width: 9, height: 7)
    let preprocessing = Preprocessing(imageSize: 4)
    #expect(try image.prepared(preprocessing).pixels == preprocessing.features(of: image))
  }
}
