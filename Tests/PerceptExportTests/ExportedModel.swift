import PerceptFeatures
import PerceptImages
import PerceptLinearAlgebra
import PerceptModels
import PerceptTestSupport
import Testing

/// A classifier with random weights.
struct ExportedModel: CustomTestStringConvertible, Sendable {
  var hidden: [Int] = []
  var activation = Activation.relu
  var classes = 2
  var color = ColorMode.rgb
  var temperature = 1.0
  var extractor = FeatureExtractor.pixels

  static let all =
    [
      ExportedModel(), ExportedModel(color: .gray), ExportedModel(temperature: 2.5), ExportedModel(classes: 3),
      ExportedModel(classes: 5, color: .gray, temperature: 0.4), ExportedModel(extractor: .hog),
      ExportedModel(hidden: [5], classes: 3, extractor: .hog),
    ] + Activation.hidden.map { ExportedModel(hidden: [6, 4], activation: $0, classes: 3, temperature: 1.5) }

  var testDescription: String {
    "\(hidden) \(activation.rawValue) \(classes) classes, \(color), temperature \(temperature), \(extractor.name)"
  }

  var preprocessing: Preprocessing {
    let size = extractor.backbone?.imageSize ?? ImageSize(width: 24, height: 18)
    return Preprocessing(size: size, color: color, extractor: extractor)
  }

  func classifier(names: [String]? = nil, record: TrainingRecord = TrainingRecord()) -> Classifier {
    var generator = SeededGenerator(seed: 1)
    var network = Network(
      inputs: preprocessing.featureCount, hidden: hidden, classes: classes, activation: activation,
      initialization: .normal(hidden.isEmpty ? 0.05 : 0.2), seed: 1)
    for layer in network.layers.indices {
      network.layers[layer].bias = network.layers[layer].bias.map { _ in Double.random(in: -1...1, using: &generator) }
    }
    return Classifier(
      network: network, classNames: names ?? (0..<classes).map { "class \($0)" }, preprocessing: preprocessing,
      record: record, temperature: temperature)
  }

  func features(_ count: Int) throws -> [[UInt8]] {
    try (0..<count).map { try preprocessing.features(of: TestImages.photo(seed: UInt64($0), width: 40, height: 30)) }
  }
}
