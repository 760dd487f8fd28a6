/// The headers of a sequential JPEG with a single scan (ITU-T T.81, annex B).
struct JPEGScan {
  struct Component {
    let identifier: UInt8
    /// The sampling factors: the columns and rows of blocks in an MCU (minimum coded unit).
    let across: Int
    let down: Int
    /// The indices of the Huffman tables for the DC and the AC coefficients.
    var first = 0
    var others = 0
  }

  private(set) var width = 0
  private(set) var height = 0
  private(set) var components: [Component] = []
  /// The Huffman tables of DC coefficients, then those of AC coefficients.
  private(set) var tables = [[HuffmanTable?]](repeating: Array(repeating: nil, count: 4), count: 2)
  /// The number of MCUs between two restart markers; 0 if there are no restart markers.
  private(set) var restartInterval = 0
  /// The position of the first byte of the scan's data.
  private(set) var start = 0

  /// Parses the headers of a file; `nil` if it has another format or is unusual in any way. The decoder reports the reason.
  init?(_ bytes: [UInt8]) {
    var position = 2
    while position + 4 <= bytes.count, bytes[position] == 0xFF {
      let length = Int(bytes[position + 2]) << 8 | Int(bytes[position + 3])
      guard length > 2, position + 2 + length <= bytes.count else { return nil }
      let segment = bytes[position + 4..<position + 2 + length]
      switch bytes[position + 1] {
      case 0xC0, 0xC1: guard readFrame(Array(segment)) else { return nil }
      case 0xC4: guard readTables(segment) else { return nil }
      case 0xDD:
        guard segment.count == 2 else { return nil }
        restartInterval = segment.reduce(0) { $0 << 8 | Int($1) }
      case 0xDA:
        start = position + 2 + length
        guard readScan(Array(segment)) else { return nil }
        return
      case 0xDB, 0xE0...0xEF, 0xFE: break
      default: return nil
      }
      position += 2 + length
    }
    return nil
  }

  /// The number of MCUs in the scan.
  var unitCount: Int {
    let across = 8 * (components.count == 1 ? 1 : mostAcross)
    let down = 8 * (components.count == 1 ? 1 : mostDown)
    return (width + across - 1) / across * ((height + down - 1) / down)
  }

  /// Returns whether a block of a component becomes one sample when the image is decoded at 1/8 size. libjpeg decodes a
  /// component that is subsampled by 2, 4, … in both directions at 2, 4, … times that size.
  func isOneSample(_ component: Component) -> Bool {
    mostAcross % (2 * component.across) != 0 || mostDown % (2 * component.down) != 0
  }

  private var mostAcross: Int { components.reduce(1) { max($0, $1.across) } }
  private var mostDown: Int { components.reduce(1) { max($0, $1.down) } }

  private mutating func readFrame(_ segment: [UInt8]) -> Bool {
    guard components.isEmpty, segment.count >= 6, segment[0] == 8 else { return false }
    let count = Int(segment[5])
    guard count == 1 || count == 3, segment.count == 6 + 3 * count else { return false }
    height = Int(segment[1]) << 8 | Int(segment[2])
    width = Int(segment[3]) << 8 | Int(segment[4])
    components = (0..<count).map { index in
      let sampling = segment[7 + 3 * index]
      return Component(identifier: segment[6 + 3 * index], across: Int(sampling >> 4), down: Int(sampling & 15))
    }
    return components.allSatisfy { (1...4).contains($0.across) && (1...4).contains($0.down) }
      && components.reduce(0) { $0 + $1.across * $1.down } <= 10
  }

  private mutating func readTables(_ segment: ArraySlice<UInt8>) -> Bool {
    var rest = segment
    while let selector = rest.first {
      let counts = rest.dropFirst().prefix(16)
      let values = rest.dropFirst(17).prefix(counts.reduce(0) { $0 + Int($1) })
      guard counts.count == 16, selector >> 4 < 2, selector & 15 < 4 else { return false }
      guard let table = HuffmanTable(counts: counts, values: values) else { return false }
      tables[Int(selector >> 4)][Int(selector & 15)] = table
      rest = rest.dropFirst(17 + values.count)
    }
    return true
  }

  /// Reads the header of the scan, which must contain all components in the order of the frame.
  private mutating func readScan(_ segment: [UInt8]) -> Bool {
    guard !components.isEmpty, width > 0, height > 0 else { return false }
    guard segment.count == 4 + 2 * components.count, Int(segment[0]) == components.count else { return false }
    for index in components.indices {
      let selectors = segment[2 + 2 * index]
      guard segment[1 + 2 * index] == components[index].identifier else { return false }
      guard selectors >> 4 < 4, selectors & 15 < 4 else { return false }
      components[index].first = Int(selectors >> 4)
      components[index].others = Int(selectors & 15)
    }
    return Array(segment.suffix(3)) == [0, 63, 0]
  }
}
