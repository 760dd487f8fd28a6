extension Image {
  /// Returns whether an encoded image is an animation: APNG, or animated GIF, WebP, AVIF or HEIC. Decoding it returns the
  /// first frame.
  package static func isAnimation(_ bytes: [UInt8]) -> Bool {
    switch try? ImageFormat(firstBytesOf: bytes) {
    case .png: frameCount(ofPNG: bytes) > 1
    case .webp: ImageChunks(ofWebP: bytes).count { $0.name == "ANMF" } > 1
    case .heic, .avif: frameCount(ofMediaFile: bytes) > 1
    case .gif: GIFDecoder.isAnimation(bytes)
    case .jpeg, .tiff, .bmp, .pnm, nil: false
    }
  }

  /// Returns the number of frames that the chunk acTL before the pixels declares, and one more if the still image is not the
  /// first of them, that is, if the chunk fcTL of a frame does not precede it.
  private static func frameCount(ofPNG bytes: [UInt8]) -> Int {
    var (count, isFirst) = (0, false)
    for chunk in ImageChunks(ofPNG: bytes) {
      switch chunk.name {
      case "acTL":
        var reader = ContainerReader(chunk.content)
        count = (try? reader.number(bytes: 4)) ?? 0
      case "fcTL": isFirst = true
      case "IDAT", "IEND": return count == 0 || isFirst ? count : count + 1
      default: break
      }
    }
    return 0
  }

  /// Returns the number of samples of the longest track.
  private static func frameCount(ofMediaFile bytes: [UInt8]) -> Int {
    var boxes = (try? ISOBox.boxes(ofFile: bytes)) ?? []
    for type in ["moov", "trak", "mdia", "minf", "stbl", "stsz"] {
      let found = boxes.filter { $0.type == type }
      if type == "stsz" {
        return found.map { box in
          var reader = ContainerReader(box.content.dropFirst(8))
          return (try? reader.number(bytes: 4)) ?? 0
        }.max() ?? 0
      }
      boxes = found.flatMap { (try? ISOBox.boxes(in: $0.content)) ?? [] }
    }
    return 0
  }
}
