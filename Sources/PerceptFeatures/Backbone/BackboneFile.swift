import PerceptImages
import Synchronization

/// The content of an ONNX file that was checked, with its session once it is open. Copies of a ``Backbone`` share it.
package final class BackboneFile: Sendable {
  /// A part of the model file where the file is stored in one, so that there is no copy.
  package let bytes: ArraySlice<UInt8>
  package let digest: String
  let graph: ONNXGraph
  /// The size that the graph demands; nil if it accepts several.
  let fixedSize: ImageSize?
  let defaultSize: ImageSize
  /// The number that the sides of images must be multiples of.
  let sizeMultiple: Int
  let channelCount: Int
  /// Whether the channels of the output come after its positions.
  let isChannelLast: Bool
  /// The axes of the positions in the output; empty if it has none.
  let positionAxes: [Int64]
  private let name: String
  /// The index of the output with the features.
  private let output: Int
  private let opened = Mutex<Result<BackboneSession, FeatureError>?>(nil)
  private let demands = Mutex<[ImageSize: Demand]>([:])

  /// What the graph gives and takes for an image of one size.
  struct Demand: Sendable {
    /// The number of columns and rows of positions.
    let positions: ImageSize
    /// The memory that it takes.
    let bytes: Int
  }

  private init(_ bytes: ArraySlice<UInt8>, digest: String, name: String) throws(FeatureError) {
    self.bytes = bytes
    self.name = name
    self.digest = digest
    let graph = try Self.graph(bytes, name)
    self.graph = graph
    let (height, width) = (graph.input.height, graph.input.width)
    guard let (wanted, multiple) = Self.sizes(graph.metadata) else { throw .malformedMetadata(backbone: name) }
    defaultSize = ImageSize(width: width ?? wanted.width, height: height ?? wanted.height)
    fixedSize = height != nil && width != nil ? defaultSize : nil
    sizeMultiple = multiple
    let analysis: ONNXGraph.Analysis
    do throws(ONNXError) {
      analysis = try graph.analysis(height: defaultSize.height, width: defaultSize.width)
    } catch {
      throw .unusable(backbone: name, problem: "\(error)")
    }
    guard let output = Self.output(of: analysis) else {
      throw .unusable(
        backbone: name, problem: "it has no output of the shape 1 x channels x height x width or 1 x channels")
    }
    self.output = output
    let shape = analysis.outputs[output].shape
    isChannelLast = shape.count == 4 && analysis.outputs[output].isChannelLast
    channelCount = isChannelLast ? shape[3] : shape[1]
    positionAxes = shape.count == 4 ? (isChannelLast ? [1, 2] : [2, 3]) : []
  }

  /// The name of the output with the features.
  var outputName: String { graph.outputs[output].name }

  /// Returns the default size of images and the number that their sides must be multiples of; nil if one is malformed.
  private static func sizes(_ metadata: [String: String]) -> (size: ImageSize, multiple: Int)? {
    let (sizeText, multipleText) = (metadata["percept.image_size"] ?? "224", metadata["percept.size_multiple"] ?? "1")
    guard let size = ImageSize(sizeText), let multiple = Int(multipleText), (1...1024).contains(multiple) else {
      return nil
    }
    return (size, multiple)
  }

  private struct Weak: Sendable {
    weak let file: BackboneFile?
  }

  /// The files in use by their digests.
  private static let loaded = Mutex<[String: Weak]>([:])

  /// Returns the file with this content. All models with the same backbone share one, and its session.
  static func shared(_ bytes: ArraySlice<UInt8>, name: String) throws(FeatureError) -> BackboneFile {
    let digest = sha256(bytes)
    return try loaded.withLock { (files: inout sending [String: Weak]) throws(FeatureError) -> BackboneFile in
      if let file = files[digest]?.file { return file }
      let file = try BackboneFile(bytes, digest: digest, name: name)
      files = files.filter { $0.value.file != nil }
      files[digest] = Weak(file: file)
      return file
    }
  }

  /// Returns the file in use with a digest; nil if there is none.
  static func known(_ digest: String) -> BackboneFile? { loaded.withLock { $0[digest]?.file } }

  /// Returns the session, and opens it if necessary. An error is remembered, so that it is not repeated for each image.
  func session() throws(FeatureError) -> BackboneSession {
    let result = opened.withLock { (opened: inout sending Result<BackboneSession, FeatureError>?) in
      let result =
        opened
        ?? Result { () throws(FeatureError) in
          try BackboneSession(bytes, input: graph.input.name, output: outputName, name: name)
        }
      opened = result
      return result
    }
    return try result.get()
  }

  /// Returns what the graph gives and takes for images of a size. Throws if the graph does not accept it.
  func demand(of size: ImageSize) throws(FeatureError) -> Demand {
    if let known = demands.withLock({ $0[size] }) { return known }
    let demand = try computedDemand(of: size)
    demands.withLock { $0[size] = demand }
    return demand
  }

  private func computedDemand(of size: ImageSize) throws(FeatureError) -> Demand {
    do throws(ONNXError) {
      let analysis = try graph.analysis(height: size.height, width: size.width)
      let shape = analysis.outputs[output].shape
      let rows = isChannelLast ? 1 : 2
      let positions = shape.count == 4 ? ImageSize(width: shape[rows + 1], height: shape[rows]) : ImageSize(1)
      return Demand(positions: positions, bytes: analysis.activationBytes)
    } catch {
      throw .unusable(backbone: name, problem: "\(error)")
    }
  }

  private static func graph(_ bytes: ArraySlice<UInt8>, _ name: String) throws(FeatureError) -> ONNXGraph {
    let result = bytes.withUnsafeBytes { bytes in
      Result { () throws(ONNXError) in try ONNXGraph(decoding: bytes) }
    }
    do throws(ONNXError) {
      return try result.get()
    } catch {
      throw .unusable(backbone: name, problem: "\(error)")
    }
  }

  /// Returns the first output with positions, or else the first with one number for each channel.
  private static func output(of analysis: ONNXGraph.Analysis) -> Int? {
    let shapes = analysis.outputs.map(\.shape)
    func first(ofRank rank: Int) -> Int? { shapes.firstIndex { $0.count == rank && $0[0] == 1 } }
    return first(ofRank: 4) ?? first(ofRank: 2)
  }
}
