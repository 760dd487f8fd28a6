import Foundation
import PerceptExport
import PerceptFeatures
import PerceptImages
import PerceptModels
import PerceptTestSupport
import Testing

/// scripts/test-export compares the same files in ONNX Runtime.
@Suite("ONNX export")
struct ONNXExportTests {
  @Test("the graph computes the probabilities of the classifier", arguments: ExportedModel.all, [false, true])
  func probabilities(model: ExportedModel, isDouble: Bool) throws {
    let classifier = model.classifier()
    let graph = try ExportedGraph(classifier.encodedONNX(isDouble: isDouble))
    #expect(graph.output.name == "probabilities" && graph.output.type == (isDouble ? 11 : 1))
    #expect(graph.output.shape == [nil, model.classes])
    for features in try model.features(5) {
      let expected = features.withUnsafeBufferPointer(classifier.predict).probabilities
      let found = try graph.run(features)
      #expect(found.count == expected.count)
      #expect(zip(found, expected).allSatisfy { abs($0 - $1) <= (isDouble ? 1e-12 : 1e-6) }, "\(found) \(expected)")
    }
  }

  @Test("the input is an image, or HOG features")
  func inputs() throws {
    let color = try ExportedGraph(ExportedModel().classifier().encodedONNX()).input
    #expect(color.name == "image" && color.type == 2 && color.shape == [nil, 18, 24, 3])
    let gray = try ExportedGraph(ExportedModel(color: .gray).classifier().encodedONNX()).input
    #expect(gray.name == "image" && gray.type == 2 && gray.shape == [nil, 18, 24, 1])
    let hog = ExportedModel(extractor: .hog)
    let features = try ExportedGraph(hog.classifier().encodedONNX())
    #expect(features.input.name == "features" && features.input.type == 2)
    #expect(features.input.shape == [nil, hog.preprocessing.featureCount])
    #expect(features.metadata["percept.preparation"]?.contains("328 HOG features") == true)
  }

  @Test("the metadata has class names, preprocessing, and temperature")
  func metadata() throws {
    var classifier = ExportedModel(classes: 3).classifier(names: ["a", "ä \"b\"", "</c>"])
    classifier.temperature = 2.5
    let graph = try ExportedGraph(classifier.encodedONNX())
    #expect(graph.formatVersion == 8 && graph.operatorSet == 13)
    #expect(graph.metadata["percept.class_names"] == #"["a","ä \"b\"","</c>"]"#)
    #expect(graph.metadata["percept.temperature"] == "2.5")
    let preprocessing = try json(#require(graph.metadata["percept.preprocessing"]))
    #expect(preprocessing["width"] as? Int == 24 && preprocessing["height"] as? Int == 18)
    #expect(preprocessing["fit"] as? String == "crop" && preprocessing["filter"] as? String == "pillow.bilinear")
    #expect(
      graph.metadata["percept.preparation"]
        == "The graph does not decode, crop or resize images. Turn the image upright, convert it to RGB with transparent "
        + "pixels over white. Crop it to its largest centered part with the aspect ratio 24 x 18, then resize it to 24 x 18 "
        + "pixels, with Pillow's antialiased bilinear filter. Samples are 0 to 255, channel last.")
  }

  @Test("equal classifiers give equal files")
  func determinism() throws {
    let model = ExportedModel(hidden: [4], classes: 3)
    #expect(try model.classifier().encodedONNX() == model.classifier().encodedONNX())
  }

  @Test(
    "a backbone is a part of the graph, and every value is computed once and before it is used",
    arguments: ["resnet18-legacy", "resnet18-dynamo", "mobilenetv3-dynamo", "vit-legacy", "vit-dynamic-legacy"])
  func backbone(name: String) throws {
    let backbone = try TestBackbone.load(name)
    let file = try ExportedModel(extractor: .backbone(backbone)).classifier().encodedONNX()
    let graph = try ExportedGraph(file)
    #expect(
      graph.input.type == 2
        && graph.input.shape.dropFirst() == [backbone.imageSize.height, backbone.imageSize.width, 3])
    var known = Set(graph.constantNames + [graph.input.name])
    #expect(known.count == graph.constantNames.count + 1)
    for node in graph.nodes {
      let unknown = node.inputs.filter { !$0.isEmpty && !known.contains($0) }
      try #require(unknown.isEmpty, "\(unknown) are computed later than \(node.outputs)")
      for output in node.outputs where !output.isEmpty { try #require(known.insert(output).inserted, "\(output)") }
    }
    #expect(known.contains(graph.output.name))
    let weights = graph.constantNames.filter { $0.hasPrefix("backbone/") }
    #expect(!weights.isEmpty)
    #expect(file.count > backbone.file.bytes.count * 9 / 10)
  }

  @Test("a backbone with operators that are too old is refused")
  func oldOperators() throws {
    let backbone = try Backbone(Self.relu(operatorSet: 7)[...], named: "old")
    #expect(throws: ExportError.operatorSet(backbone: "old", found: 7, smallest: 8)) {
      try ExportedModel(extractor: .backbone(backbone)).classifier().encodedONNX()
    }
  }

  /// A network of one Relu for images of 8 x 8 pixels.
  private static func relu(operatorSet: Int64) -> [UInt8] {
    func declare(_ value: inout ProtobufWriter, _ name: String) {
      value.add(1, name)
      value.add(2) {
        $0.add(1) { tensor in
          tensor.add(1, Int64(1))
          tensor.add(2) { shape in for side in [1, 3, 8, 8] as [Int64] { shape.add(1) { $0.add(1, side) } } }
        }
      }
    }
    var model = ProtobufWriter()
    model.add(1, Int64(8))
    model.add(7) { graph in
      graph.add(1) { node in
        node.add(1, "x")
        node.add(2, "y")
        node.add(4, "Relu")
      }
      graph.add(11) { declare(&$0, "x") }
      graph.add(12) { declare(&$0, "y") }
    }
    model.add(8) { $0.add(2, operatorSet) }
    return model.bytes
  }
}
