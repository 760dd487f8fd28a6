/// The reason why an ONNX file cannot be used as a backbone. The description does not name the file; the caller does.
public enum ONNXError: Error, Equatable, CustomStringConvertible {
  /// The bytes are not those of an ONNX model.
  case malformed(problem: String)
  /// A message has a field that ONNX does not define, or that a backbone does not need.
  case unknownField(number: UInt64, part: String)
  /// A field that may occur once occurs again.
  case repeatedField(number: Int, part: String)
  /// A part of the format that a backbone may not use.
  case unsupportedPart(UnsupportedPart, of: String)
  /// A version of the format or of the operators is not supported. `what` says which.
  case unsupportedVersion(what: String, version: Int64, supported: ClosedRange<Int64>)
  /// A node has an operator that a backbone may not use. An empty domain is that of the standard operators.
  case unsupportedOperator(name: String, domain: String, node: String)
  /// A tensor or a value has elements of a type that is not supported.
  case unsupportedElementType(name: String, part: String)
  /// The number of bytes, or of elements, of a tensor does not match its dimensions.
  case tensorSize(tensor: String, expected: Int, found: Int)
  /// A shape is invalid or too large.
  case invalidShape(part: String, problem: String)
  /// The file has more of something, such as nodes, than a backbone needs.
  case tooMany(what: String, limit: Int)
  /// Two values have the same name, or two entries the same key.
  case duplicateName(String, what: String)
  /// A node or an output of the graph uses a value that no earlier node computes.
  case undefinedValue(name: String, user: String)
  /// A node is invalid: an attribute, the number of its inputs or their shapes.
  case invalidNode(String, problem: String)
  /// A result depends on numbers that are known only when the graph runs.
  case unbounded(node: String, problem: String)
  /// The inputs of the graph are not those of an image model.
  case unsupportedInput(problem: String)
  /// The outputs of the graph are not usable as features.
  case unsupportedOutput(problem: String)
  /// The graph takes images of another size.
  case imageSize(height: Int, width: Int, expected: String)
  /// The results of all nodes together, and the memory that operators need in addition, are too large.
  case activations(limit: Int, height: Int, width: Int)
  /// The graph takes too many multiply-adds, or too many elements are read and written.
  case operations(limit: Int, height: Int, width: Int)

  /// A part of the ONNX format.
  public enum UnsupportedPart: Sendable {
    /// Tensors in other files.
    case externalData
    /// Operators that the model defines.
    case functions
    /// Graphs for training.
    case trainingInformation
    /// An attribute that is a graph, as of `If` and `Loop`.
    case subgraph
    /// Sparse tensors.
    case sparseTensor
    /// An attribute whose value is that of another attribute.
    case attributeReference
    /// An attribute of an unknown type.
    case attributeType
    /// The assignment of nodes to devices.
    case deviceConfiguration
    /// Annotations of tensors that are quantized.
    case quantization
    /// The format of ONNX Runtime instead of ONNX.
    case ortFormat
    /// Settings of ONNX Runtime in the metadata.
    case runtimeConfiguration
  }

  /// What is wrong, where, and what to do.
  public var description: String {
    switch self {
    case .malformed(let problem): "it is not an ONNX model, or it is damaged: \(problem)"
    case .unknownField(let number, let part): "\(part) has the unknown field \(number); export the network again"
    case .repeatedField(let number, let part): "it is damaged: field \(number) of \(part) occurs twice"
    case .unsupportedPart(let kind, let part): "\(part) \(kind.problem)"
    case .unsupportedVersion(let what, let version, let supported):
      "\(what) \(version) is not supported; export the network with \(supported.lowerBound) to \(supported.upperBound)"
    case .unsupportedOperator(let name, let domain, let node):
      "operator \(domain.isEmpty ? name : "\(domain).\(name)") of node \(node) is not supported in a backbone; "
        + "export the network without it"
    case .unsupportedElementType(let name, let part):
      "\(part) has elements of the type \(name), which is not supported; export the network with float32 weights"
    case .tensorSize(let tensor, let expected, let found):
      "\(tensor) is damaged: it has \(found) bytes of data, but its dimensions require \(expected)"
    case .invalidShape(let part, let problem): "\(part) \(problem)"
    case .tooMany(let what, let limit): "it has more than \(limit) \(what), too many for a backbone"
    case .duplicateName(let name, let what): "it is invalid: two \(what) have the name \(quoted(name))"
    case .undefinedValue(let name, let user):
      "it is invalid: \(user) uses \(quoted(name)), which no node before it computes"
    case .invalidNode(let node, let problem): "node \(node): \(problem)"
    case .unbounded(let node, let problem):
      "node \(node): \(problem), so the size of the result is unknown; export the network for images of a fixed size"
    case .unsupportedInput(let problem): problem
    case .unsupportedOutput(let problem): problem
    case .imageSize(let height, let width, let expected):
      "it takes images of \(expected) pixels (height x width), not \(height) x \(width)"
    case .activations(let limit, let height, let width):
      "it needs more than \(limit >> 20) MiB of memory for an image of \(height) x \(width) pixels; "
        + "use smaller images or a smaller network"
    case .operations(let limit, let height, let width):
      "it needs more than \(limit / 1_000_000_000) billion operations for an image of \(height) x \(width) pixels; "
        + "use smaller images or a smaller network"
    }
  }
}

extension ONNXError.UnsupportedPart {
  fileprivate var problem: String {
    switch self {
    case .externalData: "is stored in another file; export the network as a single file"
    case .functions: "defines functions of its own; export the network with its functions inlined"
    case .trainingInformation: "contains training information; export the network for inference"
    case .subgraph: "contains a graph of its own; export the network without control flow"
    case .sparseTensor: "is sparse; export the network with dense tensors"
    case .attributeReference: "refers to an attribute of a function; export the network with its functions inlined"
    case .attributeType: "has a type that is not supported; export the network again"
    case .deviceConfiguration: "is configured for several devices; export the network for one device"
    case .quantization: "is quantized; export the network with float32 weights"
    case .ortFormat: "is in the format of ONNX Runtime; use the network's ONNX file"
    case .runtimeConfiguration: "contains options of ONNX Runtime (ort_config); remove them"
    }
  }
}
