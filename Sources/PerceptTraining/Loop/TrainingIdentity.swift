import PerceptCluster
import PerceptDatasets
import PerceptIO
import PerceptLinearAlgebra
import PerceptModels

/// Everything that determines the result of a training run: runs with equal identities produce equal model files.
/// Weights and data are represented by fingerprints.
struct TrainingIdentity {
  private let configuration: TrainingConfiguration
  private let layers: String
  private let activations: String
  private let initialWeights: String
  private let trainingImages: String
  private let validationImages: String?

  /// Creates the identity of a run. Reads all features once. Collective if they are divided.
  init(_ configuration: TrainingConfiguration, _ network: Network, _ dataset: Dataset, _ validation: Dataset?) {
    self.configuration = configuration
    layers = ([network.inputs] + network.layers.map(\.bias.count)).map { "\($0)" }.joined(separator: "-")
    activations = network.layers.map(\.activation.rawValue).joined(separator: ", ")
    initialWeights = "#" + network.fingerprint
    trainingImages = dataset.fingerprint
    validationImages = configuration.earlyStopping == nil ? nil : validation?.fingerprint
  }

  /// The form in which a checkpoint stores the identity.
  var json: JSONValue {
    .object(
      parts.mapValues { .text($0) }.merging(["configuration": .object(configuration.options)]) { $1 })
  }

  private var parts: [String: String] {
    [
      "activations": activations, "initialWeights": initialWeights, "layers": layers,
      "trainingImages": trainingImages, "validationImages": validationImages,
    ].compactMapValues(\.self)
  }

  /// Returns the differences from the identity in a checkpoint of any version, as texts such as "l2 was 0.1, is 0".
  func differences(from stored: JSONValue) -> [String] {
    guard let options = stored.members["configuration"] else {
      return Self.differences(stored.members, configuration.version1Identity.merging(version1Parts) { $1 }.texts)
    }
    var others = stored.members
    others["configuration"] = nil
    return Self.differences(options.members, configuration.options) + Self.differences(others, parts.texts)
  }

  private var version1Parts: [String: String] {
    [
      "activations": activations, "initial weights": initialWeights, "layers": layers,
      "training pictures": trainingImages, "validation pictures": validationImages,
    ].compactMapValues(\.self)
  }

  private static func differences(_ then: [String: JSONValue], _ now: [String: JSONValue]) -> [String] {
    Set(then.keys).union(now.keys).sorted().compactMap { name in
      let (before, after) = (then[name]?.description ?? "none", now[name]?.description ?? "none")
      guard before != after else { return nil }
      return (before + after).contains("#") ? "different \(name)" : "\(name) was \(before), is \(after)"
    }
  }
}

extension [String: String] {
  fileprivate var texts: [String: JSONValue] { mapValues { .text($0) } }
}

extension Network {
  fileprivate var fingerprint: String {
    var sum = Fingerprint()
    for layer in layers {
      for value in layer.weights.elements { sum.add(value.bitPattern) }
      for value in layer.bias { sum.add(value.bitPattern) }
    }
    return sum.text
  }
}

extension Dataset {
  /// The number of examples, and a hash of the class names, labels and features.
  fileprivate var fingerprint: String {
    var sum = Fingerprint()
    for name in classNames { Array("\(name)\n".utf8).withUnsafeBytes { sum.add($0) } }
    // Of divided data, each rank continues the hash over its examples.
    var start = 0
    while start < count {
      let owner = owner(of: start)
      let end = (start..<count).first { self.owner(of: $0) != owner } ?? count
      if isOwn(start) {
        for index in start..<end {
          sum.add(UInt64(examples[index].label))
          withFeatures(of: index) { sum.add(UnsafeRawBufferPointer($0)) }
        }
      }
      if let cluster { sum = Fingerprint(state: cluster.broadcast(sum.state, from: owner)) }
      start = end
    }
    return "\(count) #\(sum.text)"
  }
}
