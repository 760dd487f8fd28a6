import FoundationEssentials
package import PerceptIO
import PerceptLinearAlgebra

/// A model file that also contains the state of an unfinished training run: tensors `state.NAME` [count]. The metadata
/// key "checkpoint" contains the identity of the run as JSON.
package struct Checkpoint {
  package let classifier: Classifier
  /// Everything that determines the result of the training run.
  package let identity: JSONValue
  /// The state of the training run between two updates: lists of numbers by their names.
  package let state: [String: [Double]]

  private static let prefix = "state."

  /// The size of the largest checkpoint that is read: 64 GiB. It can be many times as large as its model: the state of
  /// L-BFGS has 80 numbers for each weight.
  private static let largestFile = 1 << 36

  package init(classifier: Classifier, identity: JSONValue, state: [String: [Double]]) {
    self.classifier = classifier
    self.identity = identity
    self.state = state
  }

  /// Writes the checkpoint, replacing an existing file; throws `FileError` if the file cannot be written.
  package func write(to path: String) throws {
    // The state contains the costs. Encoding them as JSON too would take longer than everything else.
    var lean = classifier
    lean.record.costs = []
    var file = try lean.file(linkingBackbone: true)
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    file.metadata["checkpoint"] = String(decoding: try encoder.encode(identity), as: UTF8.self)
    file.metadata["fingerprint"] = Self.fingerprint(of: state)
    for (name, values) in state { file.tensors[Self.prefix + name] = .init(shape: [values.count], values: values) }
    try FileSystem.write(file.encoded(), to: path, replacing: true)
  }

  /// Reads a checkpoint; throws `FileError` if it cannot be read, ``ModelError`` if it is no checkpoint or is damaged.
  package init(contentsOf path: String) throws {
    let file = try Classifier.file(contentsOf: path, limit: Self.largestFile)
    classifier = try Classifier(file, named: path)
    guard let text = file.metadata["checkpoint"],
      let identity = try? JSONDecoder().decode(JSONValue.self, from: Data(text.utf8))
    else {
      throw ModelError.notAModel(
        path: path, problem: "it is a model without the state of a training run, not a checkpoint")
    }
    self.identity = identity
    let tensors = file.tensors.filter { $0.key.hasPrefix(Self.prefix) }
    state = Dictionary(
      uniqueKeysWithValues: tensors.map { (String($0.key.dropFirst(Self.prefix.count)), $0.value.values) })
    guard file.metadata["fingerprint"] == Self.fingerprint(of: state) else {
      throw ModelError.notAModel(path: path, problem: "the training state is damaged")
    }
  }

  private static func fingerprint(of state: [String: [Double]]) -> String {
    var sum = Fingerprint()
    for (name, values) in state.sorted(by: { $0.key < $1.key }) {
      Array(name.utf8).withUnsafeBytes { sum.add($0) }
      values.withUnsafeBytes { sum.add($0) }
    }
    return sum.text
  }
}
