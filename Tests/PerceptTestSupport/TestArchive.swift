/// Archives in memory.
package enum TestArchive {
  /// Returns a tar archive of files. A name that ends in `/` is a folder. `kind` is that of an entry, such as `2` for links.
  package static func tar(_ files: [(name: String, bytes: [UInt8])], kind: Character = "0") -> [UInt8] {
    var archive: [UInt8] = []
    for (name, bytes) in files {
      let isFolder = name.hasSuffix("/")
      var header = [UInt8](repeating: 0, count: 512)
      func set(_ text: String, at place: Int) {
        header.replaceSubrange(place..<place + text.utf8.count, with: text.utf8)
      }
      func octal(_ number: Int, _ digits: Int) -> String {
        let text = String(number, radix: 8)
        return String(repeating: "0", count: digits - text.count) + text
      }
      set(name, at: 0)
      for (number, place) in [(0o644, 100), (0, 108), (0, 116)] { set(octal(number, 7), at: place) }
      for (number, place) in [(bytes.count, 124), (0, 136)] { set(octal(number, 11), at: place) }
      set(isFolder ? "5" : String(kind), at: 156)
      if "12".contains(kind) { set("target", at: 157) }
      set("ustar\u{0}00", at: 257)
      set("        ", at: 148)
      set(octal(header.reduce(0) { $0 + Int($1) }, 6) + "\u{0}", at: 148)
      archive += header + bytes + [UInt8](repeating: 0, count: (512 - bytes.count % 512) % 512)
    }
    return archive + [UInt8](repeating: 0, count: 1024)
  }

  /// Returns a ZIP archive of files that are not compressed.
  package static func zip(_ files: [(name: String, bytes: [UInt8])]) -> [UInt8] {
    var (archive, directory): ([UInt8], [UInt8]) = ([], [])
    for (name, bytes) in files {
      let sizes = little(checksum(bytes), 4) + little(bytes.count, 4) + little(bytes.count, 4)
      // Version, flags (names are UTF-8), method, time and date.
      let common =
        little(20, 2) + little(0x800, 2) + little(0, 2) + little(0, 2) + little(0x21, 2) + sizes
        + little(name.utf8.count, 2) + little(0, 2)
      directory +=
        Array("PK\u{1}\u{2}".utf8) + little(20, 2) + common + little(0, 2) + little(0, 2) + little(0, 2)
        + little(0o100_644 << 16, 4) + little(archive.count, 4) + Array(name.utf8)
      archive += Array("PK\u{3}\u{4}".utf8) + common + Array(name.utf8) + bytes
    }
    let end =
      little(0, 2) + little(0, 2) + little(files.count, 2) + little(files.count, 2)
      + little(directory.count, 4) + little(archive.count, 4) + little(0, 2)
    return archive + directory + Array("PK\u{5}\u{6}".utf8) + end
  }

  /// Returns bytes in the format of gzip, not compressed.
  package static func gzip(_ bytes: [UInt8]) -> [UInt8] {
    var blocks: [UInt8] = []
    for start in stride(from: 0, to: max(bytes.count, 1), by: 65_535) {
      let part = bytes[start..<min(start + 65_535, bytes.count)]
      blocks += [start + 65_535 >= bytes.count ? 1 : 0] + little(part.count, 2) + little(~part.count, 2) + part
    }
    return [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 3] + blocks + little(checksum(bytes), 4) + little(bytes.count, 4)
  }

  /// Returns bytes in the format of Zstandard, not compressed.
  package static func zstd(_ bytes: [UInt8]) -> [UInt8] {
    var blocks: [UInt8] = []
    for start in stride(from: 0, to: max(bytes.count, 1), by: 1 << 16) {
      let part = bytes[start..<min(start + 1 << 16, bytes.count)]
      blocks += little(part.count << 3 | (start + 1 << 16 >= bytes.count ? 1 : 0), 3) + part
    }
    return [0x28, 0xB5, 0x2F, 0xFD, 0, 0x58] + blocks
  }

  /// Returns an array in the format of NumPy (NPY).
  package static func array(_ shape: [Int], type: String = "|u1", _ bytes: [UInt8]) -> [UInt8] {
    let sides = shape.map { "\($0)" }.joined(separator: ", ") + (shape.count == 1 ? "," : "")
    let text = "{'descr': '\(type)', 'fortran_order': False, 'shape': (\(sides)), }"
    let header = text + String(repeating: " ", count: 117 - text.utf8.count) + "\n"
    return [0x93] + Array("NUMPY".utf8) + [1, 0] + little(118, 2) + Array(header.utf8) + bytes
  }

  private static func little(_ number: Int, _ count: Int) -> [UInt8] {
    (0..<count).map { UInt8(truncatingIfNeeded: number >> (8 * $0)) }
  }

  /// Returns the CRC-32.
  private static func checksum(_ bytes: [UInt8]) -> Int {
    var sum: UInt32 = 0xFFFF_FFFF
    for byte in bytes {
      sum ^= UInt32(byte)
      for _ in 0..<8 { sum = sum >> 1 ^ (sum & 1 == 1 ? 0xEDB8_8320 : 0) }
    }
    return Int(~sum)
  }
}
