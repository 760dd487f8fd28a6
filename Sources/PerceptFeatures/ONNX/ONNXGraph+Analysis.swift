extension ONNXGraph {
  /// What a graph computes for one image of a size.
  package struct Analysis: Sendable, Hashable {
    /// The shape of an output.
    package struct Output: Sendable, Hashable {
      package let name: String
      /// The dimensions. The first is 1.
      package let shape: [Int]
      /// Whether a shape of four dimensions is 1 x h x w x C instead of 1 x C x h x w.
      package let isChannelLast: Bool
    }

    /// The shapes of ``ONNXGraph/outputs``, in the same order.
    package let outputs: [Output]
    /// The memory of the image and the results of all nodes in bytes, and that of operators while they run.
    package let activationBytes: Int
    /// The multiply-adds of convolutions and products of matrices.
    package let multiplyAdds: Int
  }

  /// The largest ``Analysis/activationBytes``.
  package static let mostActivationBytes = 512 << 20
  /// The largest ``Analysis/multiplyAdds``.
  package static let mostMultiplyAdds = 200_000_000_000
  /// The largest number of elements that nodes read and write.
  package static let mostElementAccesses = 2_000_000_000

  /// Computes the shapes of all values for one image of this size. Throws if the graph takes images of another size, if
  /// a node is invalid, if the size of a result depends on the pixels, or if the graph takes too much memory or time.
  /// O(nodes).
  package func analysis(height: Int, width: Int) throws(ONNXError) -> Analysis {
    var values = initializers
    let image = try image(height: height, width: width)
    values[inputValue] = image
    for declaration in declarations where values[declaration.value] != nil { try check(declaration, values) }
    var cost = Cost(image)
    for node in nodes {
      var call = ONNXCall(node: node, operatorSet: operatorSet, inputs: node.inputs.map { $0.flatMap { values[$0] } })
      guard let version = ONNXOperator.version(of: node.operatorName, operatorSet: operatorSet) else {
        throw .unsupportedOperator(name: node.operatorName, domain: "", node: node.label)
      }
      try call.checkEmptyInputs(allowed: version.emptyInputs)
      let results = try version.infer(&call)
      cost.add(call, results)
      for (output, value) in zip(node.outputs, results) {
        values[output] = value
        values[output]?.isConstant = call.isConstant
        if cost.trackedElements > ONNXValue.trackedElementsOfResults { values[output]?.forgetContents() }
      }
      try check(cost, height: height, width: width)
    }
    for declaration in declarations { try check(declaration, values) }
    return Analysis(
      outputs: try zip(outputs, outputValues).map { (output, value) throws(ONNXError) in
        try describe(output, values[value])
      }, activationBytes: cost.activationBytes, multiplyAdds: cost.multiplyAdds)
  }

  private func check(_ cost: Cost, height: Int, width: Int) throws(ONNXError) {
    guard cost.activationBytes <= Self.mostActivationBytes else {
      throw .activations(limit: Self.mostActivationBytes, height: height, width: width)
    }
    guard cost.multiplyAdds <= Self.mostMultiplyAdds else {
      throw .operations(limit: Self.mostMultiplyAdds, height: height, width: width)
    }
    guard cost.elementAccesses <= Self.mostElementAccesses else {
      throw .operations(limit: Self.mostElementAccesses, height: height, width: width)
    }
  }

  private func image(height: Int, width: Int) throws(ONNXError) -> ONNXValue {
    guard input.height ?? height == height, input.width ?? width == width else {
      let expected = [input.height, input.width].map { $0.map(String.init) ?? "any" }.joined(separator: " x ")
      throw .imageSize(height: height, width: width, expected: expected)
    }
    let shape = input.isChannelLast ? [1, height, width, 3] : [1, 3, height, width]
    var value = try ONNXValue(.float32, shape, of: "the image")
    value.channelAxis = input.isChannelLast ? 3 : 1
    return value
  }

  /// Checks that a value is what the file declares. ONNX Runtime may rely on declarations.
  private func check(_ declaration: Declaration, _ values: [ONNXValue?]) throws(ONNXError) {
    guard let value = values[declaration.value] else { return }
    let declared = declaration.shape ?? value.shape
    guard declaration.type == value.type, declared.count == value.rank,
      zip(declared, value.shape).allSatisfy({ $0 ?? $1 == $1 })
    else {
      throw .invalidShape(
        part: "value \(quoted(names[declaration.value]))",
        problem: "is declared as \(declaration.type) \(PerceptFeatures.describe(declared)), but it is \(value.type) "
          + PerceptFeatures.describe(value.shape))
    }
  }

  private func describe(_ output: Output, _ value: ONNXValue?) throws(ONNXError) -> Analysis.Output {
    guard let value, value.type == .float32 else {
      throw .unsupportedOutput(problem: "output \(quoted(output.name)) is not float32")
    }
    let isChannelLast = value.rank == 4 && value.channelAxis.map { $0 == 3 } ?? input.isChannelLast
    return Analysis.Output(name: output.name, shape: value.shape, isChannelLast: isChannelLast)
  }
}

/// The cost of the nodes so far. Every term is far smaller than `Int.max`, and sums are compared with the limits after
/// each node.
private struct Cost {
  var multiplyAdds = 0
  var elementAccesses = 0
  private(set) var trackedElements = 0
  private var results: Int
  private var largestWorkspace = 0

  init(_ image: ONNXValue) { results = image.byteCount }

  var activationBytes: Int { results + largestWorkspace }

  mutating func add(_ call: ONNXCall, _ values: [ONNXValue]) {
    multiplyAdds += call.multiplyAdds
    largestWorkspace = max(largestWorkspace, call.workspace)
    results += values.reduce(call.retained) { $0 + $1.allocatedBytes } + copies(of: values, call)
    trackedElements += values.reduce(0) { $0 + ($1.contents == nil ? 0 : $1.count) }
    elementAccesses += call.elementAccesses + values.reduce(0) { $0 + $1.count }
    elementAccesses += call.inputs.reduce(0) { $0 + ($1?.count ?? 0) }
  }

  /// ONNX Runtime copies constants while it computes them, and again for products and convolutions. Where they are not
  /// larger than those in the file that they are computed from, such as transposed weights, the size of the file limits
  /// their memory.
  private func copies(of values: [ONNXValue], _ call: ONNXCall) -> Int {
    guard call.isConstant, !call.inputs.isEmpty else { return 0 }
    let sources = call.inputs.reduce(0) { $0 + ($1?.byteCount ?? 0) }
    return 3 * max(0, values.reduce(0) { $0 + $1.byteCount } - sources)
  }
}
