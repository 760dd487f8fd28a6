import PerceptFeatures
import PerceptIO
import PerceptImages

/// Reads the selected images of IDX files sequentially, one per row, without loading a whole file into memory.
final class IDXLoader: RowLoader {
  private let pairs: [IDXImages]
  let preprocessing: Preprocessing
  private let features: FeatureReader
  /// For each row, the index of its IDX pair and the index of its image in that pair.
  private let chosen: [(pair: Int, index: Int)]
  private var reader: (pair: Int, images: IDXReader)?
  private(set) var keys: [UInt32]
  var shares: RowShares?

  init(_ pairs: [IDXImages], of source: DataSource, preprocessing: Preprocessing) {
    self.pairs = pairs
    self.preprocessing = preprocessing
    features = FeatureReader(preprocessing)
    let isChosen = (0...255).map { source.classIndex(of: String($0)) != nil }
    chosen = pairs.enumerated().flatMap { pair, images in
      images.labels.indices.filter { isChosen[Int(images.labels[$0])] }.map { (pair, $0) }
    }
    keys = Array(repeating: 0, count: chosen.count)
  }

  var rows: Int { chosen.count }
  var files: [CacheManifest.File] { pairs.flatMap(\.files) }
  var skipped: [Int] { [] }
  var animations: [Int] { [] }

  func examples(of source: DataSource) -> [Example] {
    let classes = (0...255).map { source.classIndex(of: String($0)) }
    return chosen.compactMap { pair, index in
      let images = pairs[pair]
      return classes[Int(images.labels[index])].map {
        Example(file: "\(images.file)#\(index)", label: $0, split: images.split)
      }
    }
  }

  func fill(_ rows: Range<Int>, into memory: RowMemory) throws {
    if rows.lowerBound == 0 { reader = nil }
    for row in rows {
      try read(row, into: memory.row(row - rows.lowerBound, of: rows.count))
    }
    if rows.upperBound == chosen.count { try finish() }
    shares?.complete(&keys)
  }

  func accepts(_ earlier: CacheFile) -> Bool { earlier.skipped.isEmpty }

  func reuse(_ earlier: CacheFile) {}

  private func read(_ row: Int, into target: RowMemory) throws {
    let (pair, index) = chosen[row]
    if reader?.pair != pair {
      try finish()
      reader = (pair, try IDXReader(pairs[pair]))
    }
    guard let reader = reader?.images else { return }
    try reader.skip(to: index)
    let size = pairs[pair].size
    guard shares?.isOwn(row) ?? true else { return }
    if preprocessing.size == size, preprocessing.color == .gray, preprocessing.extractor == .pixels {
      try reader.next(into: target.features)
      keys[row] = Fingerprint.key(of: UnsafeRawBufferPointer(target.features))
      return
    }
    var pixels = [UInt8](repeating: 0, count: size.width * size.height)
    try pixels.withUnsafeMutableBufferPointer { try reader.next(into: $0) }
    keys[row] = pixels.withUnsafeBytes(Fingerprint.key)
    let image = Image(width: size.width, height: size.height, color: .gray, pixels: pixels)
    try features.write(image, into: target.features, thumbnail: target.thumbnails)
  }

  /// Reads the rest of the current images file to validate it.
  private func finish() throws {
    try reader?.images.finish()
    reader = nil
  }
}
