import CPerceptZlib

/// A tEXt, zTXt or iTXt chunk of a PNG file.
struct PNGText {
  let keyword: ArraySlice<UInt8>
  private let content: ArraySlice<UInt8>
  private let isCompressed: Bool

  /// The largest text that is decompressed: 1 MiB, as in Pillow.
  private static let largestText = 1 << 20

  /// Returns `nil` if it is not a text chunk, or its fields are malformed.
  init?(_ chunk: ImageChunks.Chunk) {
    guard ["tEXt", "zTXt", "iTXt"].contains(chunk.name) else { return nil }
    guard let end = chunk.content.firstIndex(of: 0) else { return nil }
    keyword = chunk.content[..<end]
    var rest = chunk.content[(end + 1)...]
    switch chunk.name {
    case "zTXt":  // method, text
      guard rest.popFirst() == 0 else { return nil }
      isCompressed = true
    case "iTXt":  // is compressed, method, language, zero, translated keyword, zero, text
      guard let flag = rest.popFirst(), let method = rest.popFirst(), flag == 0 || method == 0 else { return nil }
      isCompressed = flag != 0
      for _ in 0..<2 {
        guard let zero = rest.firstIndex(of: 0) else { return nil }
        rest = rest[(zero + 1)...]
      }
    default: isCompressed = false
    }
    content = rest
  }

  /// The text, decompressed if necessary; `nil` if the compressed data is damaged or the text is too large.
  var text: ArraySlice<UInt8>? {
    guard isCompressed else { return content }
    var count = uLong(Self.largestText)
    var status = Z_OK
    let text = [UInt8](unsafeUninitializedCapacity: Self.largestText) { text, initialized in
      status = content.withUnsafeBufferPointer {
        uncompress(text.baseAddress, &count, $0.baseAddress, uLong($0.count))
      }
      initialized = status == Z_OK ? Int(count) : 0
    }
    return status == Z_OK ? text[...] : nil
  }
}
