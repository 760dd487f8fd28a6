import PerceptImages

extension Backbone {
  /// The network of a backbone as a part of a larger graph.
  package struct Embedding: Sendable {
    /// The encoded nodes and initializers of a `GraphProto`.
    package let fields: [UInt8]
    /// The name of the input, images of `float32`.
    package let input: String
    /// Whether the input is N x H x W x 3 instead of N x 3 x H x W.
    package let isInputChannelLast: Bool
    /// The number of images that it takes at once; nil for any number.
    package let batch: Int?
    /// The name of the output with the features, of `float32`.
    package let output: String
    /// The axes of the output over which features are averaged; empty if the output is N x C.
    package let positionAxes: [Int64]
    /// The version of the operators.
    package let operatorSet: Int64
  }

  /// Returns the network as a part of a larger graph, with `prefix` before the names of its values. Copies the file.
  ///
  /// - Throws: ``FeatureError`` if the file cannot be read.
  package func embedding(prefix: String) throws(FeatureError) -> Embedding {
    let graph = file.graph
    let fields = file.bytes.withUnsafeBytes { bytes in
      Result { () throws(ONNXError) in try ONNXGraph.fields(of: bytes, prefix: prefix) }
    }
    do throws(ONNXError) {
      return Embedding(
        fields: try fields.get(), input: prefix + graph.input.name, isInputChannelLast: graph.input.isChannelLast,
        batch: graph.input.dimensions[0], output: prefix + file.outputName, positionAxes: file.positionAxes,
        operatorSet: graph.operatorSet)
    } catch {
      throw .unusable(backbone: name, problem: "\(error)")
    }
  }
}
