import ArgumentParser
import Percept

extension CompletionKind {
  /// Completes model files.
  static let model = file(extensions: ["safetensors"])

  /// Completes the names of features: the built-in ones and the installed backbones.
  static let features = custom { _, _, _ in ["pixels", "hog"] + Backbone.installedNames }
}
