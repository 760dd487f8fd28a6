/// A pretrained image network from an ONNX file that was checked completely. ONNX Runtime executes whatever a file says:
/// it reads other files, allocates any amount of memory, and does not end. Therefore only bytes that this type has
/// accepted are given to it: one graph of common operators, without control flow and without references to other files,
/// whose results have sizes that are known before it runs.
///
/// ```swift
/// let graph = try bytes.withUnsafeBytes { (bytes) throws(ONNXError) in try ONNXGraph(decoding: bytes) }
/// let analysis = try graph.analysis(height: 224, width: 224)
/// ```
package struct ONNXGraph: Sendable, Hashable {
  /// The input of a graph: images of `float32`.
  package struct Input: Sendable, Hashable {
    package let name: String
    /// N x 3 x H x W or N x H x W x 3; nil for a dimension that is not fixed.
    package let dimensions: [Int?]
    /// Whether the dimensions are N x H x W x 3.
    package let isChannelLast: Bool

    /// The height of the images; nil for any.
    package var height: Int? { dimensions[isChannelLast ? 1 : 2] }
    /// The width of the images; nil for any.
    package var width: Int? { dimensions[isChannelLast ? 2 : 3] }
  }

  /// An output of a graph, of the type `float32`.
  package struct Output: Sendable, Hashable {
    package let name: String
    /// The number of dimensions; nil if the file does not declare it. ``ONNXGraph/analysis(height:width:)`` knows it.
    package let rank: Int?
  }

  /// The name and the declared type and shape of a value.
  struct Declaration: Hashable, Sendable {
    let value: Int
    let type: ElementType
    /// Nil if the number of dimensions is not declared.
    let shape: [Int?]?
  }

  /// The operator sets that are supported.
  package static let operatorSets: ClosedRange<Int64> = 7...25

  /// The entries that the file's author added: a name, a license, the scale of the pixels and the like.
  package let metadata: [String: String]
  package let input: Input
  /// The outputs of the type `float32`, in the order of the file. There is at least one.
  package let outputs: [Output]
  /// The names of the operators that occur, sorted.
  package let operatorNames: [String]
  /// The number of weights.
  package let parameterCount: Int

  let operatorSet: Int64
  let nodes: [ONNXNode]
  /// The names of all values by their identifiers.
  let names: [String]
  /// The values that are known without an image, by their identifiers.
  let initializers: [ONNXValue?]
  let inputValue: Int
  /// The identifiers of ``outputs``.
  let outputValues: [Int]
  let declarations: [Declaration]

  /// Parses a file and checks everything that does not depend on the size of the images. The bytes are not kept. Takes
  /// time for each node and each tensor, but not for their weights.
  package init(decoding bytes: UnsafeRawBufferPointer) throws(ONNXError) {
    try Self.checkStart(bytes)
    guard bytes.count < Int32.max else { throw .malformed(problem: "it has more than 2 GiB") }
    let model = try ModelProto(bytes)
    guard let graph = model.graph else { throw .malformed(problem: "it has no graph") }
    try Self.check(model.version, of: "version of the format", in: 3...13)
    operatorSet = try Self.operatorSet(of: model)
    metadata = try Self.metadata(of: model)
    let builder = try ONNXGraphBuilder(graph, operatorSet: operatorSet)
    (input, inputValue) = (builder.input, builder.inputValue)
    (outputs, outputValues) = (builder.outputs, builder.outputValues)
    (nodes, names, initializers) = (builder.nodes, builder.names, builder.values)
    declarations = builder.declarations
    operatorNames = Set(nodes.map(\.operatorName)).sorted()
    parameterCount = initializers.reduce(0) { $0 + ($1.map { $0.type.isFloat ? $0.count : 0 } ?? 0) }
  }

  /// The number of bytes that ``checkStart(_:)`` looks at.
  static let startLength = 8

  /// Checks the first bytes of a file, so that a large file of another kind is not read.
  static func checkStart(_ bytes: some Collection<UInt8>) throws(ONNXError) {
    // ONNX Runtime reads bytes with this mark as a file of its own format.
    guard !bytes.dropFirst(4).starts(with: "ORTM".utf8) else { throw .unsupportedPart(.ortFormat, of: "the file") }
    // All programs write the first field first.
    guard bytes.first == 8 else { throw .malformed(problem: "it does not begin with the version of its format") }
  }

  private static func check(_ version: Int64, of what: String, in range: ClosedRange<Int64>) throws(ONNXError) {
    guard range.contains(version) else { throw .unsupportedVersion(what: what, version: version, supported: range) }
  }

  /// Returns the version of the standard operators. Other domains may be listed, but no node can use them.
  private static func operatorSet(of model: ModelProto) throws(ONNXError) -> Int64 {
    var versions: [String: Int64] = [:]
    for set in model.operatorSets {
      let domain = set.domain == "ai.onnx" ? "" : set.domain
      guard versions.updateValue(set.version, forKey: domain) == nil else {
        throw .duplicateName(set.domain, what: "operator sets")
      }
    }
    guard let version = versions[""] else { throw .malformed(problem: "it does not import the standard operators") }
    try check(version, of: "operator set", in: operatorSets)
    return version
  }

  private static func metadata(of model: ModelProto) throws(ONNXError) -> [String: String] {
    var (metadata, length) = ([String: String](), 0)
    for entry in model.metadata {
      length += entry.key.count + entry.value.count
      guard entry.key.count <= ProtobufReader.longestName, length <= 1 << 20 else {
        throw .tooMany(what: "bytes of metadata", limit: 1 << 20)
      }
      let key = try ProtobufReader.text(entry.key, in: "the metadata")
      guard key != "ort_config" else { throw .unsupportedPart(.runtimeConfiguration, of: "the metadata") }
      guard metadata.updateValue(String(decoding: entry.value, as: UTF8.self), forKey: key) == nil else {
        throw .duplicateName(key, what: "entries of the metadata")
      }
    }
    return metadata
  }
}
