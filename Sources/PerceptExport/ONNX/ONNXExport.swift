import FoundationEssentials
import PerceptFeatures
import PerceptImages
import PerceptLinearAlgebra
public import PerceptModels

extension Classifier {
  /// Returns this classifier as an ONNX file: a graph from the samples of images to the probability of each class.
  ///
  /// The input is `image`, `uint8` N x height x width x channels: images that are cropped, resized and converted already. For
  /// `FeatureExtractor.hog` it is `features`, `uint8` N x features, because the graph does not compute these features. The
  /// output is `probabilities`, N x classes. The metadata of the file contains the class names, the preprocessing, and the
  /// temperature. Equal classifiers have equal content. Copies the weights, and the backbone if there is one.
  ///
  /// - Parameter isDouble: whether the graph computes in `double`, as this type does; otherwise in `float`, with
  ///   probabilities that differ by less than 1e-6.
  /// - Returns: the content of the file.
  /// - Throws: ``ExportError`` if the format cannot represent the classifier; `FeatureError` if its backbone cannot be read.
  public func encodedONNX(isDouble: Bool = false) throws -> [UInt8] {
    try ONNXExport(self, isDouble: isDouble).encoded()
  }
}

/// A classifier as an ONNX graph. It consists of standard operators only and refers to no other file:
///
/// ```
/// image → Cast → Flatten → Sub 128 → Div 255 → Gemm → … → Div T → Sigmoid or Softmax → probabilities
/// ```
///
/// In `float`, sums of pixels are twice as accurate if 128 is subtracted first; the first bias contains the difference.
///
/// A backbone is a part of the graph. Its features are averaged, scaled and rounded to bytes as in ``Classifier``, in
/// `double`, so that they are rounded to the same bytes. The layers on it are small, and computed in `double`, too.
struct ONNXExport {
  /// The version of the operators, an old one, so that old runtimes read it, too. A backbone brings its own version.
  private static let operatorSet: Int64 = 13
  /// The first version whose `Min` and `Max` accept operands of different shapes.
  private static let smallestOperatorSet: Int64 = 8
  /// The size that protobuf messages can have.
  private static let largestFile = Int(Int32.max)

  private let classifier: Classifier
  let embedding: Backbone.Embedding?
  /// The type of the weights.
  private let type: GraphWriter.ElementType
  private let outputType: GraphWriter.ElementType
  var graph = GraphWriter()

  /// Writes the graph. Throws ``ExportError`` if the format cannot represent the classifier.
  init(_ classifier: Classifier, isDouble: Bool) throws {
    self.classifier = classifier
    embedding = try classifier.preprocessing.extractor.backbone?.embedding(prefix: "backbone/")
    type = isDouble || embedding != nil ? .double : .float
    outputType = isDouble ? .double : .float
    let weights = classifier.network.layers.reduce(0) { $0 + $1.weights.elements.count + $1.bias.count }
    let bytes = weights * (type == .double ? 8 : 4) + (embedding?.fields.count ?? 0)
    // Metadata takes the rest.
    let limit = Self.largestFile - 1 << 24
    guard bytes <= limit else { throw ExportError.tooLarge(bytes: bytes, limit: limit, format: "ONNX") }
    if let embedding, embedding.operatorSet < Self.smallestOperatorSet {
      let name = classifier.preprocessing.extractor.name
      throw ExportError.operatorSet(
        backbone: name, found: embedding.operatorSet, smallest: Self.smallestOperatorSet)
    }
    addInput()
    addLayers(to: addFeatures())
  }

  /// Returns the content of the ONNX file. Equal classifiers have equal content.
  func encoded() throws -> [UInt8] {
    let operatorSet = embedding?.operatorSet ?? Self.operatorSet
    var model = ProtobufWriter()
    model.add(1, Self.formatVersion(of: operatorSet))
    model.add(2, "percept")
    model.add(6, preparation)
    model.add(7) { graph in
      graph.append(self.graph.fields.bytes)
      graph.add(2, "classifier")
    }
    model.add(8) { set in
      set.add(1, "")
      set.add(2, operatorSet)
    }
    for (key, value) in try metadata {
      model.add(14) { entry in
        entry.add(1, key)
        entry.add(2, value)
      }
    }
    return model.bytes
  }

  /// The oldest version of the format in which a version of the operators may occur, and 8 for old ones.
  private static func formatVersion(of operatorSet: Int64) -> Int64 {
    switch operatorSet {
    case ...18: 8
    case 19...20: 9
    case 21...22: 10
    default: operatorSet - 12
    }
  }

  /// The metadata of the file.
  private var metadata: [(key: String, value: String)] {
    get throws {
      let encoder = JSONEncoder()
      encoder.outputFormatting = .withoutEscapingSlashes
      return [
        ("percept.class_names", String(decoding: try encoder.encode(classifier.classNames), as: UTF8.self)),
        ("percept.preprocessing", try classifier.encodedPreprocessing()),
        ("percept.preparation", preparation),
        ("percept.temperature", "\(classifier.temperature)"),
      ]
    }
  }
}

// MARK: - Input

extension ONNXExport {
  private var isHOG: Bool { classifier.preprocessing.extractor == .hog }

  private var inputName: String { isHOG ? "features" : "image" }

  /// What a program has to do with an image before it is the input of the graph.
  var preparation: String {
    let (preprocessing, size) = (classifier.preprocessing, classifier.preprocessing.size)
    if isHOG {
      return
        "The input is not an image, but its \(preprocessing.featureCount) HOG features, as percept computes them from "
        + "\(size) pixels."
    }
    let fit =
      switch preprocessing.fit {
      case .crop where size.width == size.height: "Crop it to its center square, then resize it to \(size) pixels"
      case .crop: "Crop it to its largest centered part with the aspect ratio \(size), then resize it to \(size) pixels"
      case .pad: "Resize it to fit into \(size) pixels, then center it on black"
      case .stretch: "Resize it to \(size) pixels without keeping its aspect ratio"
      }
    let color = preprocessing.color == .rgb ? "RGB" : "gray"
    return "The graph does not decode, crop or resize images. Turn the image upright, convert it to \(color) with "
      + "transparent pixels over white. \(fit), with Pillow's antialiased bilinear filter. Samples are 0 to 255, channel last."
  }

  private mutating func addInput() {
    let (preprocessing, size) = (classifier.preprocessing, classifier.preprocessing.size)
    let channels = preprocessing.color.channelCount
    let shape: [Int?] =
      isHOG
      ? [nil, preprocessing.featureCount] : [embedding?.batch, size.height, size.width, channels]
    graph.declare(inputName, .uint8, shape: shape, description: preparation)
  }

  /// Adds the computation of features, 0 to 255, and returns their name.
  private mutating func addFeatures() -> String {
    guard let embedding, let backbone = classifier.preprocessing.extractor.backbone else {
      let numbers = graph.cast(inputName, to: type)
      return isHOG ? numbers : graph.node("Flatten", [numbers], ["axis": .integer(1)])
    }
    addNetworkInput(embedding, backbone.parameters)
    graph.append(embedding.fields)
    return addBytes(of: addPooling(embedding), backbone.parameters)
  }
}

// MARK: - Layers

extension ONNXExport {
  /// Adds the layers of the network, and the output.
  private mutating func addLayers(to features: String) {
    let (layers, classes) = (classifier.network.layers, classifier.classNames.count)
    let center = classifier.preprocessing.extractor == .pixels ? 128.0 : 0
    let centered = center == 0 ? features : graph.node("Sub", [features, graph.constant("128", [center], type)])
    var value = graph.node("Div", [centered, graph.constant("255", [255], type)])
    for (index, layer) in layers.enumerated() {
      let weights = layer.weights
      let weight = graph.constant(
        "layers.\(index).weight", weights.elements, shape: [weights.rows, weights.columns], type)
      let biases =
        index == 0 ? layer.preactivations(of: Array(repeating: center / 255, count: weights.columns)) : layer.bias
      let bias = graph.constant("layers.\(index).bias", biases, shape: [biases.count], type)
      value = graph.node("Gemm", [value, weight, bias], ["transB": .integer(1)])
      if index < layers.count - 1 { value = addActivation(layer.activation, of: value, index) }
    }
    if classifier.temperature != 1 {
      value = graph.node("Div", [value, graph.constant("temperature", [classifier.temperature], type)])
    }
    let isSame = type == outputType
    let probabilities = addProbabilities(of: value, output: isSame ? "probabilities" : nil)
    if !isSame { _ = graph.cast(probabilities, to: outputType, output: "probabilities") }
    graph.declare(
      "probabilities", outputType, shape: [embedding?.batch, classes],
      description: "The probability of each class, in the order of percept.class_names in the metadata.", isOutput: true
    )
  }

  private mutating func addActivation(_ activation: Activation, of value: String, _ layer: Int) -> String {
    switch activation {
    case .relu: graph.node("Relu", [value])
    case .tanh: graph.node("Tanh", [value])
    case .sigmoid: graph.node("Sigmoid", [value])
    // ONNX Runtime has no LeakyRelu for double.
    case .leakyReLU:
      graph.node("Max", [value, graph.node("Mul", [value, graph.constant("leak.\(layer)", [Activation.leak], type)])])
    case .softmax: graph.node("Softmax", [value], ["axis": .integer(1)])
    }
  }

  private mutating func addProbabilities(of logits: String, output: String?) -> String {
    if classifier.network.layers.last?.activation == .softmax {
      return graph.node("Softmax", [logits], ["axis": .integer(1)], output: output)
    }
    // As `Prediction`: σ(-z) is more accurate than 1 - σ(z).
    let second = graph.node("Sigmoid", [logits])
    let first = graph.node("Sigmoid", [graph.node("Neg", [logits])])
    return graph.node("Concat", [first, second], ["axis": .integer(1)], output: output)
  }
}
