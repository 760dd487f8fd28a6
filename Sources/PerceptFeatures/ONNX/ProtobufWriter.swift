/// Writes the fields of one protobuf message, each in its shortest encoding, in the order of the calls. The counterpart of
/// ``ProtobufReader``.
package struct ProtobufWriter: Sendable {
  private enum WireType: UInt64 {
    case varint = 0
    case bytes = 2
  }

  /// The message as encoded so far.
  package private(set) var bytes: [UInt8] = []

  package init() {}

  /// Adds an integer, a truth value, or a value of an enum. A negative number takes ten bytes.
  package mutating func add(_ field: Int, _ value: Int64) {
    addTag(field, .varint)
    addVarint(UInt64(bitPattern: value))
  }

  /// Adds bytes, or an encoded message.
  package mutating func add(_ field: Int, _ value: some Collection<UInt8>) {
    addTag(field, .bytes)
    addVarint(UInt64(value.count))
    bytes.append(contentsOf: value)
  }

  package mutating func add(_ field: Int, _ text: String) { add(field, Array(text.utf8)) }

  /// Adds a message, which `write` writes.
  package mutating func add(_ field: Int, _ write: (inout ProtobufWriter) -> Void) {
    var message = ProtobufWriter()
    write(&message)
    add(field, message.bytes)
  }

  /// Adds fields that are encoded already.
  package mutating func append(_ fields: some Collection<UInt8>) { bytes.append(contentsOf: fields) }

  private mutating func addTag(_ field: Int, _ type: WireType) { addVarint(UInt64(field) << 3 | type.rawValue) }

  private mutating func addVarint(_ value: UInt64) {
    var rest = value
    while rest >= 0x80 {
      bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
      rest >>= 7
    }
    bytes.append(UInt8(rest))
  }
}
