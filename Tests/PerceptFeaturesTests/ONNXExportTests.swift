import PerceptFeatures
import PerceptIO
import Testing

/// A network that PyTorch exported (see Fixtures/make_backbones.py), and the shapes of its outputs for an image.
struct Export: Sendable, CustomTestStringConvertible {
  let name: String
  let height: Int
  let width: Int
  let map: [Int]

  var testDescription: String { "\(name), \(height) x \(width)" }
}

@Suite("Exported networks")
struct ONNXExportTests {
  /// The shapes are those of ONNX Runtime 1.28.
  static let exports: [Export] = [
    Export(name: "mobilenetv3-legacy", height: 64, width: 64, map: [1, 48, 8, 8]),
    Export(name: "mobilenetv3-legacy", height: 96, width: 72, map: [1, 48, 12, 9]),
    Export(name: "mobilenetv3-dynamo", height: 64, width: 64, map: [1, 48, 8, 8]),
    Export(name: "resnet18-legacy", height: 96, width: 72, map: [1, 16, 3, 3]),
    Export(name: "resnet18-dynamo", height: 64, width: 64, map: [1, 16, 2, 2]),
    Export(name: "vit-legacy", height: 64, width: 64, map: [1, 16, 8, 8]),
    Export(name: "vit-dynamo", height: 64, width: 64, map: [1, 16, 8, 8]),
    Export(name: "vit-dynamic-legacy", height: 96, width: 72, map: [1, 16, 12, 9]),
  ]

  @Test("networks that PyTorch exports have the shapes of ONNX Runtime", arguments: exports)
  func shapes(export: Export) throws {
    let folder = FileSystem.path(FileSystem.folder(of: #filePath), "Fixtures")
    let graph = try decode(try FileSystem.read(FileSystem.path(folder, "\(export.name).onnx")))
    let analysis = try graph.analysis(height: export.height, width: export.width)
    #expect(analysis.outputs.map(\.name) == ["map", "vector"])
    #expect(analysis.outputs.map(\.shape) == [export.map, Array(export.map[..<2])])
    #expect(analysis.outputs[0].isChannelLast == false)
    #expect(analysis.multiplyAdds > 100_000)
  }
}
