// libheif allocates memory for the size that a coded stream declares, whatever the container says, and for the canvas of a
// grid or an overlay. It also copies all metadata, and follows references without end. Therefore a file is checked before
// libheif opens it.
extension HEIFItems {
  /// How many times the size of the file the data of all images may have, if images share data.
  private static let largestSharing = 16
  /// How many times the sides of an image its stream and its parts may have: a stream may contain the image in several
  /// sizes, and parts may be cropped.
  private static let largestScale = 4
  /// The largest side of the tiles of any image, however small.
  private static let tileSide = 1024
  /// The most references between an image and its parts, their parts and so on.
  private static let largestDepth = 8

  /// Returns the sizes that the file declares for images and streams. Throws if what is decoded for an image is much larger
  /// than the image, or items are much larger than the file.
  func declaredSizes() throws(MalformedContainer) -> [CodedSize] {
    try checkByteCounts()
    try checkReferences()
    var sizes = items.values.map(\.declared)
    for (number, item) in items.sorted(by: { $0.key < $1.key }) where item.isImage {
      let size = try item.decodedSize
      sizes.append(size)
      var limit = item.declared.scaled(by: Self.largestScale)
      try Self.check(size, of: item, upTo: item.isStream ? limit : item.declared)
      limit.include(CodedSize(width: Self.tileSide, height: Self.tileSide))
      for part in parts[number, default: []].sorted() {
        if let part = items[part] { try Self.check(part.declared, of: item, upTo: limit) }
      }
    }
    return sizes.filter { $0 != CodedSize() }
  }

  private func checkByteCounts() throws(MalformedContainer) {
    var (imageBytes, metadataBytes) = (0, 0)
    for item in items.values {
      let byteCount = item.data.reduce(0) { $0 + $1.count }
      if item.isImage { imageBytes += byteCount } else { metadataBytes += byteCount }
      guard byteCount <= fileSize, metadataBytes <= fileSize, imageBytes <= Self.largestSharing * fileSize else {
        throw MalformedContainer(words: "its items are larger than the file")
      }
    }
  }

  private static func check(
    _ size: CodedSize, of item: Item, upTo limit: CodedSize
  ) throws(MalformedContainer) {
    let (width, height) = size.withoutPadding
    guard width <= max(limit.width, 1), height <= max(limit.height, 1) else {
      throw MalformedContainer(
        words: "an image of \(item.declared.width) x \(item.declared.height) pixels contains one of "
          + "\(size.width) x \(size.height) pixels")
    }
  }

  /// Throws if references form a circle or a long chain.
  private func checkReferences() throws(MalformedContainer) {
    var reached = Set(parts.keys)
    for _ in 0..<Self.largestDepth { reached = Set(reached.flatMap { parts[$0] ?? [] }) }
    guard reached.isEmpty else { throw MalformedContainer(words: "its images refer to each other") }
  }
}

extension HEIFItems.Item {
  fileprivate var isStream: Bool { ["hvc1", "av01"].contains(type) }
  fileprivate var isImage: Bool { isStream || ["grid", "iovl", "iden"].contains(type) }

  /// The size that is decoded for an image, apart from its parts: that of the coded stream, or of the canvas.
  fileprivate var decodedSize: CodedSize {
    get throws(MalformedContainer) {
      switch type {
      case "hvc1", "av01":
        let stream = data.count == 1 ? data[0] : ArraySlice(data.joined())
        var size = type == "hvc1" ? try CodedSize(ofHEVC: stream) : try CodedSize(ofAV1: stream)
        size.include(configured)
        return size
      case "grid": return try canvasSize(after: 2)
      case "iovl": return try canvasSize(after: 8)
      default: return CodedSize()
      }
    }
  }

  /// The size of the canvas of a grid or an overlay, which follows a version, flags and a number of bytes.
  private func canvasSize(after count: Int) throws(MalformedContainer) -> CodedSize {
    var reader = ContainerReader(ArraySlice(data.joined().prefix(64)))
    let sideBytes = try reader.number(bytes: 2) & 1 == 1 ? 4 : 2
    _ = try reader.bytes(count)
    return CodedSize(width: try reader.number(bytes: sideBytes), height: try reader.number(bytes: sideBytes))
  }
}
