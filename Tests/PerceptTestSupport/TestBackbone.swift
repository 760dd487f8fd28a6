package import PerceptFeatures
import PerceptIO

/// The backbones of the tests: small networks with random weights, which PyTorch exported (see
/// `PerceptFeaturesTests/Fixtures/make_backbones.py`).
package enum TestBackbone {
  package static func path(_ name: String = "resnet18-legacy") -> String {
    let tests = FileSystem.folder(of: FileSystem.folder(of: #filePath))
    return FileSystem.path(tests, "PerceptFeaturesTests/Fixtures/\(name).onnx")
  }

  package static func load(_ name: String = "resnet18-legacy") throws -> Backbone {
    try Backbone(contentsOf: path(name))
  }

  /// Whether ONNX Runtime can be opened. Tests that need it are skipped otherwise.
  package static let isRuntimeInstalled: Bool = {
    guard let backbone = try? load(), let warmUp = try? backbone.secondsPerImage() else { return false }
    return warmUp > 0
  }()
}
