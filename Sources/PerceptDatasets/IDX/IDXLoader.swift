import PerceptImages

/// Reads the chosen pictures of IDX files one after another, each a row; no file is ever in memory as a whole.
final class IDXLoader: RowLoader {
  private let parts: [IDXImages]
  private let preprocessing: Preprocessing
  /// For each row, its part and its picture in it.
  private let chosen: [(part: Int, index: Int)]
  private var reader: (part: Int, images: IDXReader)?

  init(_ parts: [IDXImages], of source: DataSource, preprocessing: Preprocessing) {
    self.parts = parts
    self.preprocessing = preprocessing
    let isChosen = (0...255).map { source.classIndex(of: String($0)) != nil }
    chosen = parts.enumerated().flatMap { part, images in
      images.labels.indices.filter { isChosen[Int(images.labels[$0])] }.map { (part, $0) }
    }
  }

  var rows: Int { chosen.count }
  var columns: Int { preprocessing.featureCount }
  var files: [CacheManifest.File] { parts.flatMap(\.files) }
  var skipped: [Int] { [] }

  /// The chosen pictures as examples.
  func examples(of source: DataSource) -> [Example] {
    let classes = (0...255).map { source.classIndex(of: String($0)) }
    return chosen.compactMap { part, index in
      let images = parts[part]
      return classes[Int(images.labels[index])].map {
        Example(file: "\(images.file)#\(index)", label: $0, split: images.split)
      }
    }
  }

  func fill(_ rows: Range<Int>, into memory: UnsafeMutableBufferPointer<UInt8>) throws {
    if rows.lowerBound == 0 { reader = nil }
    for row in rows {
      let start = (row - rows.lowerBound) * columns
      try read(row, into: UnsafeMutableBufferPointer(rebasing: memory[start..<start + columns]))
    }
    if rows.upperBound == chosen.count { try finish() }
  }

  func stillSkips(_ rows: [Int]) -> Bool { rows.isEmpty }

  func reuse(_ earlier: CacheFile) {}

  private func read(_ row: Int, into target: UnsafeMutableBufferPointer<UInt8>) throws {
    let (part, index) = chosen[row]
    if reader?.part != part {
      try finish()
      reader = (part, try IDXReader(parts[part]))
    }
    guard let reader = reader?.images else { return }
    try reader.skip(to: index)
    let size = parts[part].size
    if preprocessing.size == size, preprocessing.color == .gray { return try reader.next(into: target) }
    var pixels = [UInt8](repeating: 0, count: size.width * size.height)
    try pixels.withUnsafeMutableBufferPointer { try reader.next(into: $0) }
    let image = Image(width: size.width, height: size.height, color: .gray, pixels: pixels)
    _ = target.update(from: preprocessing.features(of: image))
  }

  /// Reads the rest of a part, which may show that the file is damaged.
  private func finish() throws {
    try reader?.images.finish()
    reader = nil
  }
}
