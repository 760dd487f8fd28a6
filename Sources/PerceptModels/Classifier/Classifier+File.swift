import FoundationEssentials
import PerceptDatasets
import PerceptFeatures
import PerceptIO
import PerceptImages
import PerceptLinearAlgebra

// A model is one safetensors file with these tensors:
//   layers.N.weight  F64 [units, inputs]   layer 0: for features scaled to 0 … 1, row by row, channel last
//   layers.N.bias    F64 [units]
//   seen.train       U32 [images]          keys of the training images, sorted; missing if they are unknown
//   seen.validation  U32 [images]          keys of the validation images, sorted
//   backbone         U8 [bytes]            the ONNX file of the backbone; missing for other features, or if it is linked
// The metadata key "percept" contains JSON with sorted keys; see `Metadata`.

extension Classifier {
  /// Writes this classifier to a model file. The write is atomic: the file never has partial content.
  ///
  /// - Parameters:
  ///   - path: the file to write.
  ///   - replacing: whether an existing file may be replaced.
  ///   - linking: whether to leave out the backbone. The file is then smaller, but can be read only where the backbone is
  ///     installed.
  /// - Throws: `FileError` if the file exists and may not be replaced, or cannot be written.
  public func write(to path: String, replacing: Bool = false, linkingBackbone linking: Bool = false) throws {
    try FileSystem.write(encoded(linkingBackbone: linking), to: path, replacing: replacing)
  }

  /// Returns the content of the model file. Equal classifiers have equal content.
  ///
  /// - Parameter linking: whether to leave out the backbone.
  /// - Returns: the bytes of the file.
  /// - Throws: `EncodingError` if a number of the record is not finite.
  public func encoded(linkingBackbone linking: Bool = false) throws -> [UInt8] {
    try file(linkingBackbone: linking).encoded()
  }

  func file(linkingBackbone linking: Bool = false) throws -> Safetensors {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    let metadata = String(decoding: try encoder.encode(Metadata(self)), as: UTF8.self)
    var tensors: [String: Safetensors.Tensor] = [:]
    for (index, layer) in network.layers.enumerated() {
      tensors["layers.\(index).weight"] = .init(
        shape: [layer.weights.rows, layer.weights.columns], values: layer.weights.elements)
      tensors["layers.\(index).bias"] = .init(shape: [layer.bias.count], values: layer.bias)
    }
    if let seen {
      tensors[Self.seenTraining] = .init(keys: seen.training)
      tensors[Self.seenValidation] = .init(keys: seen.validation)
    }
    if let backbone = preprocessing.extractor.backbone, !linking {
      tensors[Self.backbone] = .init(bytes: backbone.file.bytes)
    }
    return Safetensors(metadata: ["percept": metadata], tensors: tensors)
  }

  /// The preprocessing as in the metadata of the model file: a JSON object with sorted keys.
  package func encodedPreprocessing() throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    return String(decoding: try encoder.encode(PreprocessingRecord(preprocessing)), as: UTF8.self)
  }

  private static let backbone = "backbone"
  private static let seenTraining = "seen.train"
  private static let seenValidation = "seen.validation"

  /// Reads a model file. This is safe for untrusted files: sizes are validated before use, and a backbone, which is a
  /// program for ONNX Runtime, is checked to do nothing but compute features in bounded memory and time.
  ///
  /// - Throws: `FileError` if the file cannot be read; ``ModelError`` if it is no model, damaged, or of a newer
  ///   version.
  public init(contentsOf path: String) throws {
    try self.init(Self.file(contentsOf: path), named: path)
  }

  /// The size of the largest model file that is read: 4 GiB, which are 500 million weights.
  private static let largestFile = 1 << 32

  /// Reads a safetensors file. The length of the header is checked before the whole file is read.
  static func file(contentsOf path: String, limit: Int = largestFile) throws -> Safetensors {
    do {
      let size = try FileSystem.size(of: path)
      _ = try Safetensors.headerLength(try FileSystem.prefix(of: path, count: 8), fileSize: size)
      return try Safetensors(decoding: FileSystem.read(path, limit: limit))
    } catch let error as Safetensors.Malformed {
      throw ModelError.notAModel(path: path, problem: error.problem)
    }
  }

  /// Decodes a classifier from the content of a model file.
  ///
  /// - Parameters:
  ///   - bytes: the content of the file.
  ///   - name: the name of the file in errors.
  /// - Throws: ``ModelError`` if the bytes are not a model, damaged, or written by a newer version.
  public init(decoding bytes: [UInt8], named name: String) throws {
    do {
      try self.init(Safetensors(decoding: bytes), named: name)
    } catch let error as Safetensors.Malformed {
      throw ModelError.notAModel(path: name, problem: error.problem)
    }
  }

  init(_ file: Safetensors, named name: String) throws {
    do {
      guard let text = file.metadata["percept"] else {
        throw Safetensors.Malformed(problem: "it is a safetensors file of another program")
      }
      let metadata = try Metadata(text, named: name)
      try self.init(metadata, tensors: file.tensors)
    } catch let error as Safetensors.Malformed {
      throw ModelError.notAModel(path: name, problem: error.problem)
    } catch let error as FeatureError {
      throw ModelError.unusableFeatures(path: name, problem: "\(error)")
    }
  }

  private init(_ metadata: Metadata, tensors: [String: Safetensors.Tensor]) throws {
    let preprocessing = try metadata.preprocessing.value(backbone: tensors[Self.backbone])
    let classes = metadata.classNames.count
    guard classes >= 2 else {
      throw Safetensors.Malformed(problem: "the number of classes must be ≥ 2 (got \(classes))")
    }
    guard Set(metadata.classNames).count == classes else {
      throw Safetensors.Malformed(problem: "two classes have the same name")
    }
    let activations = try Self.activations(metadata.activations, classes: classes)
    var layers: [DenseLayer] = []
    for (index, activation) in activations.enumerated() {
      let inputs = layers.last?.bias.count ?? preprocessing.featureCount
      let units = index < activations.count - 1 ? nil : Network.logitCount(classes: classes)
      layers.append(try Self.layer(index, of: tensors, inputs: inputs, units: units, activation: activation))
    }
    let temperature = metadata.temperature ?? 1
    guard temperature > 0, temperature.isFinite else {
      throw Safetensors.Malformed(problem: "the temperature must be > 0 (got \(temperature))")
    }
    let network = Network(layers: layers)
    guard network.isBounded(temperature: temperature) else {
      throw Safetensors.Malformed(
        problem: "some weights are not finite, or so large that logits could exceed \(Network.largestLogit)")
    }
    do {
      try metadata.training.check()
    } catch {
      throw Safetensors.Malformed(problem: "in its training record, \(error)")
    }
    self.init(
      network: network, classNames: metadata.classNames, preprocessing: preprocessing,
      record: metadata.training, seen: try Self.seenImages(tensors), temperature: temperature)
  }

  private static func seenImages(_ tensors: [String: Safetensors.Tensor]) throws(Safetensors.Malformed) -> SeenImages? {
    guard let training = tensors[seenTraining], let validation = tensors[seenValidation] else { return nil }
    guard training.type == .uint32, validation.type == .uint32 else {
      throw .init(problem: "the tensors \(seenTraining) and \(seenValidation) must have the type U32")
    }
    return SeenImages(training: training.values.map(UInt32.init), validation: validation.values.map(UInt32.init))
  }

  /// Returns the activations of the layers. The last one must be sigmoid for two classes, and softmax for more.
  private static func activations(_ names: [String], classes: Int) throws(Safetensors.Malformed) -> [Activation] {
    let activations = names.compactMap(Activation.init)
    let last: Activation = classes == 2 ? .sigmoid : .softmax
    guard activations.count == names.count, activations.last == last,
      activations.dropLast().allSatisfy(Activation.hidden.contains)
    else {
      throw .init(
        problem:
          "the activations (\(names.joined(separator: ", "))) are not valid for a network with \(classes) classes")
    }
    return activations
  }

  /// Returns a layer. `units` is the required number of units; nil allows any number.
  private static func layer(
    _ index: Int, of tensors: [String: Safetensors.Tensor], inputs: Int, units: Int?, activation: Activation
  ) throws(Safetensors.Malformed) -> DenseLayer {
    guard let weight = tensors["layers.\(index).weight"], let bias = tensors["layers.\(index).bias"],
      bias.shape.count == 1, bias.shape[0] > 0, units ?? bias.shape[0] == bias.shape[0],
      weight.shape == [bias.shape[0], inputs], weight.type.isFloat, bias.type.isFloat
    else {
      let count = units.map(String.init) ?? "units"
      throw .init(
        problem:
          "needs tensors layers.\(index).weight of shape [\(count), \(inputs)] and layers.\(index).bias of shape "
          + "[\(count)], of the type F32 or F64"
      )
    }
    return DenseLayer(
      weights: Matrix(rows: bias.shape[0], columns: inputs, elements: weight.values), bias: bias.values,
      activation: activation)
  }
}

/// The JSON metadata of a model file: everything except the weights.
private struct Metadata: Codable {
  static let knownFormat = 2

  let formatVersion: Int
  let classNames: [String]
  let activations: [String]
  let preprocessing: PreprocessingRecord
  /// The temperature; nil if it is 1.
  let temperature: Double?
  let training: TrainingRecord

  init(_ classifier: Classifier) {
    formatVersion = Self.knownFormat
    classNames = classifier.classNames
    activations = classifier.network.layers.map(\.activation.rawValue)
    preprocessing = PreprocessingRecord(classifier.preprocessing)
    temperature = classifier.temperature == 1 ? nil : classifier.temperature
    training = classifier.record
  }

  init(_ text: String, named name: String) throws {
    struct Version: Decodable { let formatVersion: Int }
    let data = Data(text.utf8)
    guard let version = try? JSONDecoder().decode(Version.self, from: data).formatVersion, version >= 1 else {
      throw Safetensors.Malformed(problem: "its \"percept\" metadata has no format version")
    }
    guard version <= Self.knownFormat else {
      throw ModelError.newerFormat(path: name, found: version, known: Self.knownFormat)
    }
    guard let metadata = try? JSONDecoder().decode(Self.self, from: data) else {
      throw Safetensors.Malformed(problem: "its \"percept\" metadata is incomplete or invalid")
    }
    self = metadata
  }
}

private struct PreprocessingRecord: Codable {
  let width: Int
  let height: Int
  let fit: String
  let color: String
  var filter = "pillow.bilinear"
  var scale = "unit"
  /// The name of the extractor if it is built in; nil for pixels.
  var features: String?
  var backbone: BackboneRecord?

  init(_ preprocessing: Preprocessing) {
    width = preprocessing.size.width
    height = preprocessing.size.height
    fit = preprocessing.fit.rawValue
    color = preprocessing.color.rawValue
    let extractor = preprocessing.extractor
    backbone = extractor.backbone.map(BackboneRecord.init)
    features = extractor == .pixels || backbone != nil ? nil : extractor.name
  }

  /// Throws `FeatureError` if the backbone cannot be used.
  func value(backbone tensor: Safetensors.Tensor?) throws -> Preprocessing {
    guard let fit = ResizeMode(rawValue: fit), let color = ColorMode(rawValue: color), filter == "pillow.bilinear",
      scale == "unit", (1...1 << 20).contains(width), (1...1 << 20).contains(height),
      let builtIn = FeatureExtractor(builtIn: features ?? "pixels"), features == nil || backbone == nil
    else { throw Safetensors.Malformed(problem: "this version does not support its preprocessing") }
    let size = ImageSize(width: width, height: height)
    let extractor = try backbone.map { .backbone(try $0.backbone(tensor)) } ?? builtIn
    let preprocessing = Preprocessing(size: size, fit: fit, color: color, extractor: extractor)
    try preprocessing.check()
    return preprocessing
  }
}

/// A backbone in the metadata. Its bytes are in a tensor, unless it is linked.
private struct BackboneRecord: Codable {
  let name: String
  let digest: String
  let parameters: BackboneParameters
  let license: String?
  let source: String?

  init(_ backbone: Backbone) {
    (name, digest, parameters) = (backbone.name, backbone.digest, backbone.parameters)
    (license, source) = (backbone.license, backbone.source)
  }

  /// Throws `FeatureError` if the backbone is linked and not installed, or cannot be used.
  func backbone(_ tensor: Safetensors.Tensor?) throws -> Backbone {
    guard parameters.isValid, Backbone.isName(name) else {
      throw Safetensors.Malformed(problem: "the name or the parameters of its backbone are invalid")
    }
    guard let tensor else { return try Backbone(linked: digest, named: name, parameters: parameters) }
    guard tensor.type == .uint8, tensor.shape.count == 1 else {
      throw Safetensors.Malformed(problem: "the tensor backbone must have the type U8 and one dimension")
    }
    let backbone = try Backbone(tensor.bytes, named: name, parameters: parameters)
    guard backbone.digest == digest else {
      throw Safetensors.Malformed(problem: "its backbone is damaged: the SHA-256 digest differs")
    }
    return backbone
  }
}
