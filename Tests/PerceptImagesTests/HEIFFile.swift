/// Builds HEIC and AVIF files of items without pixels, for tests of what is refused before pixels are decoded.
struct HEIFFile {
  struct Item {
    var type: String
    var data: [UInt8] = []
    /// The properties as complete boxes.
    var properties: [[UInt8]] = []
  }

  var items: [Item]
  /// The references between items, whose numbers start at 1.
  var references: [(type: String, from: Int, to: [Int])] = []
  /// How often the only piece of the data of an item is repeated.
  var repetitions = 1
  /// Whether the data of all items is said to be at the largest positions, of eight bytes each.
  var isFarAway = false

  /// The file. The first item is the primary one.
  var bytes: [UInt8] {
    let brand = items.contains { $0.type == "hvc1" } ? "heic" : "avif"
    let ftyp = Self.box("ftyp", Array((brand + "\0\0\0\0" + brand + "mif1").utf8))
    let start = ftyp.count + meta(dataStart: 0).count + 8
    return ftyp + meta(dataStart: start) + Self.box("mdat", items.flatMap(\.data))
  }

  private func meta(dataStart: Int) -> [UInt8] {
    let handler = Self.box("hdlr", Self.number(0, 8) + Array("pict".utf8) + Self.number(0, 13))
    let primary = Self.box("pitm", Self.number(0, 4) + Self.number(1, 2))
    return Self.box(
      "meta",
      Self.number(0, 4) + handler + primary + locations(dataStart: dataStart) + information + properties
        + referenceBox)
  }

  private func locations(dataStart: Int) -> [UInt8] {
    var content = Self.number(0, 4) + (isFarAway ? [0x88, 0x80] : [0x44, 0x00]) + Self.number(items.count, 2)
    var start = dataStart
    for (index, item) in items.enumerated() {
      content += Self.number(index + 1, 2) + Self.number(0, 2)
      if isFarAway {
        let largest = Self.number(1 << 62 - 1, 8)
        content += largest + Self.number(1, 2) + largest + largest
        continue
      }
      content += Self.number(repetitions, 2)
      for _ in 0..<repetitions { content += Self.number(start, 4) + Self.number(item.data.count, 4) }
      start += item.data.count
    }
    return Self.box("iloc", content)
  }

  private var information: [UInt8] {
    let entries = items.enumerated().flatMap { index, item in
      Self.box(
        "infe", Self.number(2 << 24, 4) + Self.number(index + 1, 2) + Self.number(0, 2) + Array(item.type.utf8) + [0])
    }
    return Self.box("iinf", Self.number(0, 4) + Self.number(items.count, 2) + entries)
  }

  private var properties: [UInt8] {
    var associations = Self.number(0, 4) + Self.number(items.count, 4)
    var next = 1
    for (index, item) in items.enumerated() {
      associations += Self.number(index + 1, 2) + [UInt8(item.properties.count)]
      for _ in item.properties {
        associations.append(UInt8(next))
        next += 1
      }
    }
    return Self.box(
      "iprp", Self.box("ipco", items.flatMap { $0.properties.joined() }) + Self.box("ipma", associations))
  }

  private var referenceBox: [UInt8] {
    let boxes = references.flatMap { type, from, to in
      Self.box(type, Self.number(from, 2) + Self.number(to.count, 2) + to.flatMap { Self.number($0, 2) })
    }
    return Self.box("iref", Self.number(0, 4) + boxes)
  }

  // MARK: Parts

  static func box(_ type: String, _ content: [UInt8]) -> [UInt8] {
    number(content.count + 8, 4) + Array(type.utf8) + content
  }

  static func number(_ value: Int, _ count: Int) -> [UInt8] {
    (0..<count).map { UInt8(truncatingIfNeeded: value >> (8 * (count - 1 - $0))) }
  }

  static func declared(_ width: Int, _ height: Int) -> [UInt8] {
    box("ispe", number(0, 4) + number(width, 4) + number(height, 4))
  }

  /// The content of a grid of one tile, or of an overlay of one image.
  static func canvas(_ width: Int, _ height: Int, isGrid: Bool) -> [UInt8] {
    [0, 1] + [UInt8](repeating: 0, count: isGrid ? 2 : 8) + number(width, 4) + number(height, 4)
  }
}
