import FoundationEssentials
import PerceptIO
import PerceptLinearAlgebra

/// A model file that also holds where its training stands: tensors `state.NAME` [count] beside the weights, and under the key
/// "checkpoint" of the metadata JSON, all that decides where the training goes, by name.
package struct Checkpoint {
  /// What the training has come to.
  package let classifier: Classifier
  /// All that decides where the training goes.
  package let identity: [String: String]
  /// The numbers between two updates.
  package let state: [String: [Double]]

  private static let prefix = "state."

  /// A checkpoint.
  package init(classifier: Classifier, identity: [String: String], state: [String: [Double]]) {
    self.classifier = classifier
    self.identity = identity
    self.state = state
  }

  /// Writes it in place of what stands at a path.
  ///
  /// - Throws: `FileError` when it cannot be written.
  package func write(to path: String) throws {
    // The costs are in the state; as JSON, too, they would take longer than all the rest.
    var lean = classifier
    lean.record.costs = []
    var file = try lean.file()
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    file.metadata["checkpoint"] = String(decoding: try encoder.encode(identity), as: UTF8.self)
    file.metadata["fingerprint"] = Self.fingerprint(of: state)
    for (name, values) in state { file.tensors[Self.prefix + name] = .init(shape: [values.count], values: values) }
    try FileSystem.write(file.encoded(), to: path, replacing: true)
  }

  /// The checkpoint in a file.
  ///
  /// - Throws: `FileError` when it cannot be read, ``ClassificationError`` when it is not a checkpoint, or damaged.
  package init(contentsOf path: String) throws {
    let file = try Classifier.file(contentsOf: path)
    classifier = try Classifier(file, named: path)
    guard let text = file.metadata["checkpoint"],
      let identity = try? JSONDecoder().decode([String: String].self, from: Data(text.utf8))
    else {
      throw ModelError.notAModel(
        path: path, problem: "a model, but not a checkpoint: it does not say where its training stood")
    }
    self.identity = identity
    let tensors = file.tensors.filter { $0.key.hasPrefix(Self.prefix) }
    state = Dictionary(
      uniqueKeysWithValues: tensors.map { (String($0.key.dropFirst(Self.prefix.count)), $0.value.values) })
    guard file.metadata["fingerprint"] == Self.fingerprint(of: state) else {
      throw ModelError.notAModel(path: path, problem: "the state of its training is damaged")
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
