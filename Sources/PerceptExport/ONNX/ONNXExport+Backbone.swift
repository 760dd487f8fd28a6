import PerceptFeatures

// The computation of features by a backbone, around its network.
extension ONNXExport {
  /// Adds the normalization of samples, in `double`, and the network's input in `float`.
  mutating func addNetworkInput(_ embedding: Backbone.Embedding, _ parameters: BackboneParameters) {
    let mean = graph.constant("mean", parameters.mean, shape: [3], .double)
    let deviation = graph.constant("deviation", parameters.deviation, shape: [3], .double)
    let samples = graph.cast("image", to: .double)
    let normalized = graph.node("Div", [graph.node("Sub", [samples, mean]), deviation])
    let transposed =
      embedding.isInputChannelLast
      ? normalized : graph.node("Transpose", [normalized], ["perm": .integers([0, 3, 1, 2])])
    _ = graph.cast(transposed, to: .float, output: embedding.input)
  }

  /// Adds the mean of each channel over all positions, in `double`.
  mutating func addPooling(_ embedding: Backbone.Embedding) -> String {
    let activations = graph.cast(embedding.output, to: .double)
    return embedding.positionAxes.isEmpty
      ? activations : addMean(of: activations, embedding.positionAxes, keeping: false)
  }

  /// Adds a mean over axes. From version 18 of the operators, the axes are an input.
  private mutating func addMean(of input: String, _ axes: [Int64], keeping isKept: Bool) -> String {
    let keeping = GraphWriter.Attribute.integer(isKept ? 1 : 0)
    guard let embedding, embedding.operatorSet >= 18 else {
      return graph.node("ReduceMean", [input], ["axes": .integers(axes), "keepdims": keeping])
    }
    let name = graph.constant(
      "axes_\(axes.map(String.init).joined(separator: "_"))", axes.map(Double.init), shape: [axes.count], .int64)
    return graph.node("ReduceMean", [input, name], ["keepdims": keeping])
  }

  /// Adds the conversion of features to bytes, as `BackboneParameters.bytes(of:)` computes them. They stay in `double`.
  mutating func addBytes(of features: String, _ parameters: BackboneParameters) -> String {
    let value: String
    if let scale = parameters.scale {
      value = graph.node("Mul", [features, graph.constant("scale", [scale], .double)])
    } else {
      value = addNormalization(of: features)
    }
    let shifted = graph.node("Add", [value, graph.constant("half", [0.5], .double)])
    let limited = graph.node(
      "Min",
      [
        graph.node("Max", [shifted, graph.constant("smallest", [0], .double)]),
        graph.constant("largest", [255], .double),
      ])
    return graph.node("Floor", [limited])
  }

  /// Adds 128 + 127·sign(v)·√(min(|v|, 16) / 16), with features v that are divided by their root mean square.
  private mutating func addNormalization(of features: String) -> String {
    let square = addMean(of: graph.node("Mul", [features, features]), [1], keeping: true)
    // If all features are 0, so are all values. The squares of other `float` numbers are far larger.
    let tiny = graph.constant("tiny", [1e-300], .double)
    let norm = graph.node("Sqrt", [graph.node("Add", [square, tiny])])
    let values = graph.node("Div", [features, norm])
    let (limit, zero) = (graph.constant("limit", [16], .double), graph.constant("zero", [0], .double))
    var shares: [String] = []
    for signed in [values, graph.node("Neg", [values])] {
      let limited = graph.node("Min", [graph.node("Max", [signed, zero]), limit])
      shares.append(graph.node("Sqrt", [graph.node("Div", [limited, limit])]))
    }
    let share = graph.node("Sub", shares)
    let wide = graph.node("Mul", [share, graph.constant("range", [127], .double)])
    return graph.node("Add", [wide, graph.constant("center", [128], .double)])
  }
}
