/// The items of a HEIC or AVIF file (ISO/IEC 23008-12): images, their parts, and metadata.
struct HEIFItems {
  struct Item {
    /// The four characters of the type, such as `hvc1`, `av01` or `grid`; empty for old kinds of metadata.
    var type = ""
    /// The pieces of the data; none if a piece is outside the file, so that it cannot be decoded.
    var data: [ArraySlice<UInt8>] = []
    /// The size that the properties declare for the image.
    var declared = CodedSize()
    /// The size that the configuration of the decoder, a property, declares for the coded stream.
    var configured = CodedSize()
  }

  /// The size of the file in bytes.
  let fileSize: Int
  /// The largest number of pieces of the data of an item, also in libheif.
  private static let largestPieceCount = 32

  /// The items by their numbers.
  private(set) var items: [Int: Item] = [:]
  /// The numbers of the images that are decoded for an image: its alpha, and what a grid, overlay or copy consists of.
  private(set) var parts: [Int: Set<Int>] = [:]

  /// Returns `nil` if the file has no items, but at most tracks.
  init?(_ bytes: [UInt8]) throws(MalformedContainer) {
    fileSize = bytes.count
    guard let meta = try ISOBox.boxes(ofFile: bytes).only("meta") else { return nil }
    let boxes = try ISOBox.boxes(in: meta.content.dropFirst(4))
    if let information = try boxes.only("iinf") { try readTypes(information) }
    if let locations = try boxes.only("iloc") {
      try readLocations(locations, file: bytes[...], itemData: boxes.only("idat")?.content ?? [])
    }
    if let properties = try boxes.only("iprp") { try readProperties(properties) }
    if let references = try boxes.only("iref") { try readReferences(references) }
  }

  private struct Property {
    var declared = CodedSize()
    var configured = CodedSize()

    init(_ box: ISOBox) throws(MalformedContainer) {
      switch box.type {
      case "ispe":
        var reader = ContainerReader(box.content.dropFirst(4))
        declared = CodedSize(width: try reader.number(bytes: 4), height: try reader.number(bytes: 4))
      case "hvcC": configured = try CodedSize(ofHEVCConfiguration: box.content)
      case "av1C": configured = try CodedSize(ofAV1: box.content.dropFirst(4))
      default: break
      }
    }
  }

  private mutating func readTypes(_ box: ISOBox) throws(MalformedContainer) {
    var reader = ContainerReader(box.content)
    let version = try reader.number(bytes: 4) >> 24
    _ = try reader.bytes(version == 0 ? 2 : 4)
    for entry in try ISOBox.boxes(in: reader.rest) where entry.type == "infe" {
      var reader = ContainerReader(entry.content)
      let version = try reader.number(bytes: 4) >> 24
      let item = try reader.number(bytes: version > 2 ? 4 : 2)
      _ = try reader.number(bytes: 2)  // protection
      let type = version < 2 ? "" : try reader.fourCharacters()
      guard items.updateValue(Item(type: type), forKey: item) == nil else {
        throw MalformedContainer(words: "two items have the same number")
      }
    }
  }

  private mutating func readLocations(
    _ box: ISOBox, file: ArraySlice<UInt8>, itemData: ArraySlice<UInt8>
  ) throws(MalformedContainer) {
    var reader = ContainerReader(box.content)
    let version = try reader.number(bytes: 4) >> 24
    let (offsetSize, lengthSize) = (try reader.bits(4), try reader.bits(4))
    let (baseSize, indexSize) = (try reader.bits(4), try reader.bits(4))
    var located: Set<Int> = []
    for _ in 0..<(try reader.number(bytes: version < 2 ? 2 : 4)) {
      let item = try reader.number(bytes: version < 2 ? 2 : 4)
      let method = version == 0 ? 0 : try reader.number(bytes: 2) & 15
      _ = try reader.number(bytes: 2)  // data reference
      let base = try reader.number(bytes: baseSize)
      var pieces: [ArraySlice<UInt8>]? = []
      let pieceCount = try reader.number(bytes: 2)
      guard pieceCount <= Self.largestPieceCount else { throw MalformedContainer(words: "an item has too many pieces") }
      for _ in 0..<pieceCount {
        if version > 0 { _ = try reader.bytes(indexSize) }
        let offset = try base + reader.number(bytes: offsetSize)
        let length = try reader.number(bytes: lengthSize)
        let source = method == 0 ? file : method == 1 ? itemData : []
        guard offset <= source.count, length <= source.count - offset else {
          pieces = nil
          continue
        }
        pieces?.append(source.dropFirst(offset).prefix(length))
      }
      guard located.insert(item).inserted else { throw MalformedContainer(words: "an item has two locations") }
      items[item]?.data = pieces ?? []
    }
  }

  private mutating func readReferences(_ box: ISOBox) throws(MalformedContainer) {
    let numberSize = box.content.first == 0 ? 2 : 4
    for references in try ISOBox.boxes(in: box.content.dropFirst(4)) {
      var reader = ContainerReader(references.content)
      let source = try reader.number(bytes: numberSize)
      for _ in 0..<(try reader.number(bytes: 2)) {
        let target = try reader.number(bytes: numberSize)
        switch references.type {
        case "dimg": parts[source, default: []].insert(target)
        case "auxl": parts[target, default: []].insert(source)
        default: break
        }
      }
    }
  }

  private mutating func readProperties(_ box: ISOBox) throws(MalformedContainer) {
    let boxes = try ISOBox.boxes(in: box.content)
    guard let container = try boxes.only("ipco") else { return }
    let properties = try ISOBox.boxes(in: container.content).map(Property.init)
    for associations in boxes where associations.type == "ipma" {
      var reader = ContainerReader(associations.content)
      let header = try reader.number(bytes: 4)
      let (version, hasLongIndices) = (header >> 24, header & 1 == 1)
      for _ in 0..<(try reader.number(bytes: 4)) {
        let item = try reader.number(bytes: version == 0 ? 2 : 4)
        for _ in 0..<(try reader.number(bytes: 1)) {
          let index = hasLongIndices ? try reader.number(bytes: 2) & 0x7FFF : try reader.number(bytes: 1) & 0x7F
          guard properties.indices.contains(index - 1) else { continue }
          items[item]?.declared.include(properties[index - 1].declared)
          items[item]?.configured.include(properties[index - 1].configured)
        }
      }
    }
  }
}
