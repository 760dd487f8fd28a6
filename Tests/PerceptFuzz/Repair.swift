import CPerceptZlib
import FoundationEssentials
import PerceptIO

/// Corrects lengths and checksums of changed inputs. What cannot be understood is returned as it is.
enum Repair {
  /// Sets the checksums of the chunks of a PNG.
  static func png(_ bytes: [UInt8]) -> [UInt8] {
    var (png, start) = (bytes, 8)
    while start + 12 <= png.count {
      let end = start + 8 + number(png[start..<start + 4])
      guard end + 4 <= png.count else { break }
      png.replaceSubrange(end..<end + 4, with: bigEndian(checksum(png[(start + 4)..<end])))
      start = end + 4
    }
    return png
  }

  /// Sets the length of a RIFF file, such as WebP.
  static func riff(_ bytes: [UInt8]) -> [UInt8] {
    guard bytes.count >= 12 else { return bytes }
    return bytes[..<4] + bigEndian(bytes.count - 8).reversed() + bytes[8...]
  }

  /// Returns bytes as a gzip file.
  static func gzip(_ bytes: [UInt8]) -> [UInt8] {
    var count = compressBound(UInt(bytes.count))
    var deflated = [UInt8](repeating: 0, count: Int(count))
    compress2(&deflated, &count, bytes, UInt(bytes.count), 6)
    // zlib's format has other headers and trailers around the same data.
    return [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 3] + deflated[2..<Int(count) - 4]
      + bigEndian(checksum(bytes[...])).reversed() + bigEndian(bytes.count).reversed()
  }

  /// Sets the length of the header of a safetensors file, and appends or removes data so that it has the described length.
  static func safetensors(_ bytes: [UInt8]) -> [UInt8] {
    guard let end = endOfJSON(in: bytes, from: 8) else { return bytes }
    let padding = bytes[end...].prefix { $0 == UInt8(ascii: " ") }
    let (json, data) = (bytes[8..<padding.endIndex], bytes[padding.endIndex...])
    let count = tensors(in: json).map(\.value.upperBound).max() ?? data.count
    let added = count <= data.count + 1 << 16 ? max(count - data.count, 0) : 0
    let length = withUnsafeBytes(of: UInt64(json.count).littleEndian, Array.init)
    return length + json + data.prefix(count) + [UInt8](repeating: 0, count: added)
  }

  /// Sets the fingerprint of a checkpoint besides.
  static func checkpoint(_ bytes: [UInt8]) -> [UInt8] {
    var file = safetensors(bytes)
    guard let end = endOfJSON(in: file, from: 8) else { return bytes }
    let start = end + file[end...].prefix { $0 == UInt8(ascii: " ") }.count
    var sum = Fingerprint()
    let state = tensors(in: file[8..<end]).filter { $0.key.hasPrefix("state.") }
    for (name, range) in state.sorted(by: { $0.key < $1.key }) where range.upperBound <= file.count - start {
      Array(name.dropFirst(6).utf8).withUnsafeBytes { sum.add($0) }
      file[(start + range.lowerBound)..<(start + range.upperBound)].withUnsafeBytes { sum.add($0) }
    }
    let key = Array(#""fingerprint":""#.utf8)
    guard let place = file.firstRange(of: key)?.upperBound, place + 16 <= file.count else { return file }
    file.replaceSubrange(place..<place + 16, with: sum.text.utf8)
    return file
  }

  /// Sets the length of the JSON of an inference request, and the size of its binary data.
  static func request(_ bytes: [UInt8]) -> [UInt8] {
    var input = HeadedInput(bytes)
    guard let end = endOfJSON(in: input.body, from: 0) else { return bytes }
    var (json, binary) = (input.body[..<end], input.body[end...])
    let key = Array(#""binary_data_size":"#.utf8)
    if let place = json.firstRange(of: key)?.upperBound {
      let digits = json[place...].prefix { (48...57).contains($0) }
      json.replaceSubrange(digits.indices, with: "\(binary.count)".utf8)
    } else {
      binary = []
    }
    input.head = binary.isEmpty ? "" : "\(json.count)"
    input.body = Array(json + binary)
    return input.bytes
  }

  // MARK: - Parts

  private static func checksum(_ bytes: ArraySlice<UInt8>) -> Int {
    bytes.withUnsafeBytes { Int(crc32_z(0, $0.bindMemory(to: UInt8.self).baseAddress, $0.count)) }
  }

  /// Returns four bytes.
  static func bigEndian(_ number: Int) -> [UInt8] { (0..<4).map { UInt8(truncatingIfNeeded: number >> (24 - 8 * $0)) } }

  /// Returns the number that big-endian bytes contain.
  static func number(_ bytes: ArraySlice<UInt8>) -> Int { bytes.reduce(0) { $0 << 8 | Int($1) } }

  /// Returns the end of the JSON object that starts at a position.
  private static func endOfJSON(in bytes: [UInt8], from start: Int) -> Int? {
    var (depth, isQuoted, isEscaped) = (0, false, false)
    for index in bytes.indices.dropFirst(start) {
      let byte = bytes[index]
      if isEscaped {
        isEscaped = false
      } else if byte == UInt8(ascii: "\"") {
        isQuoted.toggle()
      } else if isQuoted {
        isEscaped = byte == UInt8(ascii: "\\")
      } else if byte == UInt8(ascii: "{") {
        depth += 1
      } else if byte == UInt8(ascii: "}") {
        depth -= 1
        if depth <= 0 { return index + 1 }
      }
    }
    return nil
  }

  /// Returns the ranges of the data of all tensors in a header that have valid ones.
  private static func tensors(in json: ArraySlice<UInt8>) -> [String: Range<Int>] {
    let header = try? JSONDecoder().decode(JSONValue.self, from: Data(json))
    return (header?.members ?? [:]).compactMapValues { tensor in
      guard case .array(let offsets)? = tensor.members["data_offsets"], offsets.count == 2,
        case (.integer(let start), .integer(let end)) = (offsets[0], offsets[1]), start >= 0, start <= end
      else { return nil }
      return start..<end
    }
  }
}
