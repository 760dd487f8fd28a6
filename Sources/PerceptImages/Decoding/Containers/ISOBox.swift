/// A box of a HEIC or AVIF file (ISO/IEC 14496-12, section 4.2).
struct ISOBox {
  /// The largest number of boxes in a box or file. libheif has the same limit, but not for a file.
  private static let largestCount = 20_000

  /// The four characters of the type, such as `meta`.
  let type: String
  let content: ArraySlice<UInt8>

  /// Reads the next box; `nil` at the end.
  private init?(_ reader: inout ContainerReader) throws(MalformedContainer) {
    if reader.rest.isEmpty { return nil }
    let available = reader.rest.count
    var size = try reader.number(bytes: 4)
    type = try reader.fourCharacters()
    if size == 1 { size = try reader.number(bytes: 8) }
    if size == 0 { size = available }  // up to the end of the file
    let headerSize = available - reader.rest.count
    guard size >= headerSize else { throw MalformedContainer(words: "a box is shorter than its header") }
    content = try reader.bytes(size - headerSize)
  }

  /// Returns the boxes that fill a part of a file.
  static func boxes(in bytes: ArraySlice<UInt8>) throws(MalformedContainer) -> [ISOBox] {
    var (boxes, reader) = ([ISOBox](), ContainerReader(bytes))
    while let box = try ISOBox(&reader) { try append(box, to: &boxes) }
    return boxes
  }

  /// Returns the boxes of a file up to the first that is incomplete: libheif stops there, too.
  static func boxes(ofFile bytes: [UInt8]) throws(MalformedContainer) -> [ISOBox] {
    var (boxes, reader) = ([ISOBox](), ContainerReader(bytes[...]))
    while let box = try? ISOBox(&reader) { try append(box, to: &boxes) }
    return boxes
  }

  private static func append(_ box: ISOBox, to boxes: inout [ISOBox]) throws(MalformedContainer) {
    guard boxes.count < largestCount else { throw MalformedContainer(words: "it has too many boxes") }
    boxes.append(box)
  }
}

extension [ISOBox] {
  /// Returns the only box of a type, if there is one. Readers disagree which of several counts, so that is an error.
  func only(_ type: String) throws(MalformedContainer) -> ISOBox? {
    let found = filter { $0.type == type }
    guard found.count < 2 else { throw MalformedContainer(words: "it has more than one box '\(type)'") }
    return found.first
  }
}
