/// What a Netpbm file (PBM, PGM, PPM or PAM) declares before its samples.
struct PNMHeader {
  /// How the samples are stored.
  enum Layout {
    /// Numbers in decimal digits.
    case text
    /// Digits 0 and 1, not necessarily separated.
    case textBits
    /// One byte for a sample, or two, the high byte first.
    case bytes
    /// Bits in rows of whole bytes.
    case bits
  }

  let width: Int
  let height: Int
  /// The number of samples of a pixel: 1 (gray), 2 (gray and alpha), 3 (RGB) or 4 (RGB and alpha).
  let channels: Int
  /// The largest sample: white. In a PBM, it is black.
  let maximum: Int
  let layout: Layout
  /// Whether 0 is white, as in a PBM.
  let isInverted: Bool
  /// The position of the samples in the file.
  let start: Int

  init(_ bytes: [UInt8]) throws(ImageError.Reason) {
    var text = PNMText(bytes, at: 2)
    let kind = bytes.count > 1 ? bytes[1] : 0
    if kind == UInt8(ascii: "7") {
      self = try Self.pam(&text)
      return
    }
    isInverted = kind == UInt8(ascii: "1") || kind == UInt8(ascii: "4")
    channels = kind == UInt8(ascii: "3") || kind == UInt8(ascii: "6") ? 3 : 1
    (width, height) = (try text.number(), try text.number())
    maximum = isInverted ? 1 : try Self.checked(maximum: text.number())
    switch kind {
    case UInt8(ascii: "1"): layout = .textBits
    case UInt8(ascii: "2"), UInt8(ascii: "3"): layout = .text
    case UInt8(ascii: "4"): layout = .bits
    default: layout = .bytes
    }
    start = text.endOfHeader()
  }

  private init(width: Int, height: Int, channels: Int, maximum: Int, start: Int) {
    (self.width, self.height, self.channels, self.maximum) = (width, height, channels, maximum)
    (layout, isInverted, self.start) = (.bytes, false, start)
  }

  /// Reads the header of a PAM: lines with a name and a value.
  private static func pam(_ text: inout PNMText) throws(ImageError.Reason) -> PNMHeader {
    var (width, height, channels, maximum) = (0, 0, 0, 0)
    var type = ""
    while true {
      switch try text.word() {
      case "WIDTH": width = try text.number()
      case "HEIGHT": height = try text.number()
      case "DEPTH": channels = try text.number()
      case "MAXVAL": maximum = try text.number()
      case "TUPLTYPE": type = text.line()
      case "ENDHDR":
        let types = ["BLACKANDWHITE": 1, "GRAYSCALE": 1, "RGB": 3]
        let isAlpha = type.hasSuffix("_ALPHA")
        let expected = types[isAlpha ? String(type.dropLast(6)) : type].map { $0 + (isAlpha ? 1 : 0) }
        guard type.isEmpty || expected != nil, (1...4).contains(channels) else {
          throw .unsupported(kind: "a PAM image with other samples than gray or RGB")
        }
        guard type.isEmpty || expected == channels else { throw corrupt("DEPTH does not match TUPLTYPE") }
        return PNMHeader(
          width: width, height: height, channels: channels, maximum: try checked(maximum: maximum),
          start: text.endOfHeader())
      default: throw corrupt("the header is damaged")
      }
    }
  }

  private static func checked(maximum: Int) throws(ImageError.Reason) -> Int {
    guard (1...65_535).contains(maximum) else { throw corrupt("the largest sample is \(maximum), not 1 to 65535") }
    return maximum
  }

  static let truncated = corrupt("unexpected end of file")

  static func corrupt(_ words: String) -> ImageError.Reason { .corrupt(format: "PNM", words: words) }
}

/// The text of a Netpbm file: words between white space and comments, which begin with `#` and end with their line.
struct PNMText {
  private let bytes: [UInt8]
  private var position: Int

  init(_ bytes: [UInt8], at position: Int) { (self.bytes, self.position) = (bytes, position) }

  /// Returns the position of the samples: after the white-space character, or the comment, that follows the header.
  mutating func endOfHeader() -> Int {
    if position < bytes.count, bytes[position] == UInt8(ascii: "#") { _ = line() }
    return min(position + 1, bytes.count)
  }

  /// Returns the next character that is neither white space nor in a comment; `nil` at the end.
  mutating func character() -> UInt8? {
    var isComment = false
    while position < bytes.count {
      let byte = bytes[position]
      position += 1
      if byte == UInt8(ascii: "#") { isComment = true }
      if byte == 10 || byte == 13 { isComment = false }
      if !isComment, !Self.isSpace(byte) { return byte }
    }
    return nil
  }

  /// Reads a number of at most 9 digits.
  mutating func number() throws(ImageError.Reason) -> Int {
    guard var byte = character() else { throw PNMHeader.truncated }
    var (number, digits) = (0, 0)
    while true {
      guard (48...57).contains(byte) else { throw PNMHeader.corrupt("a number is missing") }
      digits += 1
      guard digits < 10 else { throw PNMHeader.corrupt("a number is too long") }
      number = 10 * number + Int(byte) - 48
      guard position < bytes.count, !Self.isSpace(bytes[position]), bytes[position] != UInt8(ascii: "#") else {
        return number
      }
      byte = bytes[position]
      position += 1
    }
  }

  /// Reads a word of at most 16 characters.
  mutating func word() throws(ImageError.Reason) -> String {
    guard let first = character() else { throw PNMHeader.truncated }
    let rest = bytes[position...].prefix(16).prefix { !Self.isSpace($0) }
    position += rest.count
    return String(decoding: [first] + rest, as: UTF8.self)
  }

  /// Reads the rest of the line, without the white space around it.
  mutating func line() -> String {
    let line = bytes[position...].prefix { $0 != 10 }
    position += line.count
    return line.split(whereSeparator: Self.isSpace).map { String(decoding: $0, as: UTF8.self) }.joined(separator: " ")
  }

  private static func isSpace(_ byte: UInt8) -> Bool { byte == 32 || (9...13).contains(byte) }
}
