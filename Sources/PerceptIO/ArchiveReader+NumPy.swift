extension ArchiveReader {
  /// Returns the images in the arrays of an NPZ file as files: `train_images` and `train_labels`, or `val_…` and `test_…`, as
  /// MedMNIST has them, become `train/LABEL/000017.pgm`, or `.ppm` for images with three channels. Throws ``FileError`` if
  /// there are no such arrays, or they do not match.
  func imagesOfArrays() throws(FileError) -> [String: Archive.Item] {
    let arrays = items
    var result = self
    result.removeItems()
    var isEmpty = true
    for split in ["train", "val", "test"] {
      guard let images = arrays["\(split)_images.npy"] else { continue }
      guard let labels = arrays["\(split)_labels.npy"] else { throw refused("\(split)_labels is missing") }
      try result.addImages(images, labels, split: split)
      isEmpty = false
    }
    guard !isEmpty else { throw refused("it has no arrays train_images and train_labels, as MedMNIST has them") }
    return result.items
  }

  private mutating func addImages(
    _ images: Archive.Item, _ labels: Archive.Item, split: String
  ) throws(FileError) {
    guard case .file(_, let imageStart, let imageSize) = images, case .file(_, let labelStart, let labelSize) = labels
    else { return }
    let pixels = try NumPyHeader(bytes(at: imageStart, min(imageSize, NumPyHeader.largest)), self, "\(split)_images")
    let classes = try NumPyHeader(bytes(at: labelStart, min(labelSize, NumPyHeader.largest)), self, "\(split)_labels")
    let isColor = pixels.shape.count == 4
    guard pixels.type == "|u1", pixels.shape.count == 3 || (isColor && pixels.shape[3] == 3),
      let count = pixels.shape.first
    else { throw refused("\(split)_images is not an array of N x height x width (x 3) bytes") }
    guard classes.shape == [count] || classes.shape == [count, 1], let width = NumPyHeader.integers[classes.type] else {
      throw refused("\(split)_labels does not have one whole number for each of \(count) images")
    }
    let stride = pixels.shape.dropFirst().reduce(1) { $0.multipliedReportingOverflow(by: $1).partialValue }
    let (total, overflow) = stride.multipliedReportingOverflow(by: count)
    guard !overflow, stride > 0, total == imageSize - pixels.length, count * width == labelSize - classes.length else {
      throw refused("\(split)_images or \(split)_labels does not have the size that its shape says")
    }
    try check(entries: count)
    let numbers = try bytes(at: labelStart + classes.length, count * width)
    let (ending, magic) = isColor ? ("ppm", "P6") : ("pgm", "P5")
    let header = Array("\(magic)\n\(pixels.shape[2]) \(pixels.shape[1])\n255\n".utf8)
    for index in 0..<count {
      let label = (0..<width).reduce(Int64(0)) { $0 | Int64(numbers[index * width + $1]) << (8 * $1) }
      let name = String(repeating: "0", count: max(0, 6 - "\(index)".count)) + "\(index)"
      try add(
        .file(header: header, offset: imageStart + pixels.length + index * stride, size: stride),
        at: "\(split)/\(label)/\(name).\(ending)")
    }
  }

  private func bytes(at offset: Int, _ count: Int) throws(FileError) -> [UInt8] {
    guard let bytes = Archive.bytes(of: content, at: offset, count) else { throw damaged("an array is incomplete") }
    return bytes
  }
}

/// The header of an array in the format NPY: a magic number, a version, and a Python dictionary.
struct NumPyHeader {
  /// The largest header that is read.
  static let largest = 4_096
  /// The sizes of whole numbers, by the names of their types: little-endian, which is how NumPy stores them.
  static let integers = ["|u1": 1, "|i1": 1, "<u2": 2, "<i2": 2, "<u4": 4, "<i4": 4, "<u8": 8, "<i8": 8]

  /// The name of the type of the elements, such as `|u1` for bytes.
  let type: String
  let shape: [Int]
  /// The position of the first element.
  let length: Int

  init(_ bytes: [UInt8], _ reader: ArchiveReader, _ name: String) throws(FileError) {
    let isOld = bytes.count > 10 && bytes[6] == 1
    let start = isOld ? 10 : 12
    guard bytes.count > 12, bytes.starts(with: [0x93] + "NUMPY".utf8) else {
      throw reader.refused("\(name) is not an array in the format NPY")
    }
    let size = Int(bytes[8]) | Int(bytes[9]) << 8 | (isOld ? 0 : Int(bytes[10]) << 16 | Int(bytes[11]) << 24)
    guard start + size <= bytes.count else { throw reader.refused("the header of \(name) is too long") }
    let text = String(decoding: bytes[start..<start + size], as: UTF8.self)
    guard let type = Self.value(of: "descr", in: text, from: "'", to: "'"),
      let shape = Self.value(of: "shape", in: text, from: "(", to: ")"), text.contains("'fortran_order': False")
    else { throw reader.refused("\(name) is not an array in the usual order") }
    let sides = shape.split(separator: ",").map { Int($0.drop { $0 == " " }) }
    guard sides.allSatisfy({ $0.map { (0...Int(Int32.max)).contains($0) } ?? false }) else {
      throw reader.refused("the shape of \(name) is damaged")
    }
    (self.type, self.shape, length) = (type, sides.compactMap { $0 }, start + size)
  }

  /// Returns the text between two characters after a key.
  private static func value(of key: String, in text: String, from: Character, to: Character) -> String? {
    guard let place = text.firstRange(of: "'\(key)':")?.upperBound, let start = text[place...].firstIndex(of: from)
    else {
      return nil
    }
    let rest = text[text.index(after: start)...]
    return rest.firstIndex(of: to).map { String(rest[..<$0]) }
  }
}
