import ArgumentParser
import Percept

/// Returns the name of the model in a file: the name of the file, without `.safetensors`.
func modelName(ofFile path: String) -> String {
  let (name, ending) = (FileSystem.name(of: path), ".safetensors")
  return name.hasSuffix(ending) && name != ending ? String(name.dropLast(ending.count)) : name
}

extension Classifier {
  /// Reads the classifier of a MODEL argument. Throws `ValidationError` if one of the command's other paths is the model.
  init(model path: String, beside others: [String]) throws {
    do {
      try self.init(sharedAt: path)
    } catch {
      if let model = others.first(where: { (try? Classifier(contentsOf: $0)) != nil }) {
        throw ValidationError("\(path) is not a model, but \(model) is: give the model first, then the data.")
      }
      throw error
    }
  }

  /// Reads a classifier. In a cluster, throws `ClusterError` unless all ranks read the same file.
  init(sharedAt path: String) throws {
    try self.init(contentsOf: path)
    try Cluster.current?.checkAgreement(on: path)
  }
}
