// The nodes and weights of a file as a part of a larger graph. They are copied as they are encoded, except for the names of
// values, which get a prefix. The file was checked before: its fields are known, and no attribute contains a graph.
extension ONNXGraph {
  /// Returns the nodes and the initializers of a file as fields of another `GraphProto`.
  ///
  /// - Parameters:
  ///   - bytes: a file that ``init(decoding:)`` has accepted.
  ///   - prefix: the text before the names of all values.
  /// - Returns: the encoded fields; initializers and nodes keep their order.
  /// - Throws: ``ONNXError`` if the bytes are another file.
  static func fields(of bytes: UnsafeRawBufferPointer, prefix: String) throws(ONNXError) -> [UInt8] {
    var fields = ProtobufWriter()
    var model = ProtobufReader(bytes, part: "the model")
    while let field = try model.nextField() {
      guard field == 7 else {
        _ = try model.encodedField()
        continue
      }
      var graph = try model.message("the graph")
      while let field = try graph.nextField() {
        switch field {
        case 1: fields.add(1, try renamed(graph.elementMessage("a node"), names: [1, 2], prefix))
        case 5: fields.add(5, try renamed(graph.elementMessage("an initializer"), names: [8], prefix))
        default: _ = try graph.encodedField()
        }
      }
    }
    return fields.bytes
  }

  /// Returns a message with a prefix before the names in the given fields. An empty name stands for an input that is left out.
  private static func renamed(
    _ message: ProtobufReader, names: Set<Int>, _ prefix: String
  ) throws(ONNXError) -> [UInt8] {
    var (message, result) = (message, ProtobufWriter())
    while let field = try message.nextField() {
      if names.contains(field) {
        let name = try message.elementName()
        result.add(field, name.isEmpty ? "" : prefix + name)
      } else {
        result.append(try message.encodedField())
      }
    }
    return result.bytes
  }
}
