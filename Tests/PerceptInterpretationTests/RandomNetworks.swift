import PerceptDatasets
import PerceptFeatures
import PerceptImages
import PerceptInterpretation
import PerceptLinearAlgebra
import PerceptModels
import PerceptTestSupport
import PerceptTraining
import Testing

/// The shape of a network with random weights on small images, with random images for it.
struct RandomNetwork: CustomTestStringConvertible, Sendable {
  var hidden: [Int] = []
  var activation = Activation.relu
  var classes = 2
  var color = ColorMode.rgb

  static let straight = [
    RandomNetwork(), RandomNetwork(color: .gray), RandomNetwork(classes: 3), RandomNetwork(classes: 7, color: .gray),
  ]
  static let bent = Activation.hidden.flatMap { activation in
    [
      RandomNetwork(hidden: [6], activation: activation),
      RandomNetwork(hidden: [9, 5], activation: activation, classes: 4, color: .gray),
    ]
  }
  static let all = straight + bent

  var testDescription: String { "\(hidden) \(hidden.isEmpty ? "" : activation.rawValue) \(classes) \(color)" }

  var preprocessing: Preprocessing { Preprocessing(imageSize: 7, color: color) }

  /// A classifier with nonzero biases and weights large enough that units change between active and inactive.
  func classifier(seed: UInt64) -> Classifier {
    var generator = SeededGenerator(seed: seed)
    var network = Network(
      inputs: preprocessing.featureCount, hidden: hidden, classes: classes, activation: activation,
      initialization: .normal(hidden.isEmpty ? 0.3 : 0.5), seed: seed)
    for layer in network.layers.indices {
      network.layers[layer].bias = network.layers[layer].bias.map { _ in Double.random(in: -1...1, using: &generator) }
    }
    return Classifier(
      network: network, classNames: (0..<classes).map { "class \($0)" }, preprocessing: preprocessing,
      record: InterpretationTests.classifier().record)
  }

  func images(_ count: Int, seed: UInt64) -> [[UInt8]] {
    (0..<count).map {
      preprocessing.grid.samples(of: TestImages.photo(seed: seed &* 1000 &+ UInt64($0), width: 11, height: 9))
    }
  }

  /// Random features that are not integers, like those of a mean image.
  func mean(seed: UInt64) -> [Double] {
    var generator = SeededGenerator(seed: seed)
    return (0..<preprocessing.featureCount).map { _ in Double.random(in: 60...190, using: &generator) }
  }
}

extension Classifier {
  func label(of features: [UInt8]) -> Int { features.withUnsafeBufferPointer { predict($0).label } }
}

extension Attributions {
  /// The attributions of pixels.
  init(
    _ classifier: Classifier, features: [UInt8], for label: Int, from baseline: Baseline = .black,
    by method: Method = .integrated
  ) throws {
    let image = PreparedImage(image: classifier.preprocessing.image(ofSamples: features), features: features)
    try self.init(classifier, of: image, for: label, from: baseline, by: method)
  }
}
