import PerceptIO
import PerceptImages

/// A pair of IDX files, gzipped or not: gray images of one size, and their labels. This is the format of MNIST.
struct IDXImages: Sendable {
  /// The path of the images file.
  let file: String
  /// The split according to the file's name, if any.
  var split: Split?
  let size: ImageSize
  let labels: [UInt8]
  /// The images file and the labels file, in their state just before they are opened.
  let files: [CacheManifest.File]

  /// Returns whether the name or the magic number of a file is that of an IDX file of images. Throws `FileError` if the
  /// file cannot be read.
  static func isIDX(_ path: String) throws -> Bool {
    if FileSystem.name(of: path).contains("idx3-ubyte") { return true }
    guard FileSystem.kind(of: path) == .file else { return false }  // a pipe can be read only once
    do { return try GzipReader(path).next(4) == [0, 0, 8, 3] } catch is DatasetError { return false }
  }

  /// Returns the IDX pairs in a folder; nil if there are none.
  static func all(inFolder path: String) throws -> [IDXImages]? {
    let names = try FileSystem.names(inFolder: path).filter { $0.contains("images") && $0.contains("idx3-ubyte") }
    guard !names.isEmpty else { return nil }
    var pairs: [IDXImages] = []
    for name in names where !(name.hasSuffix(".gz") && names.contains(String(name.dropLast(3)))) {
      let split = splitName(of: name)?.split
      pairs.append(try IDXImages(imagesFile: FileSystem.path(path, name), split: split))
    }
    try checkNames(of: pairs)
    for pair in pairs where pair.size != pairs[0].size {
      throw DatasetError.malformedIDX(
        path: pair.file,
        problem: "images of \(pair.size), but \(FileSystem.name(of: pairs[0].file)) has images of \(pairs[0].size)")
    }
    return pairs
  }

  /// The split in the name of an images file; MNIST calls its test split `t10k`.
  private static func splitName(of name: String) -> SplitName? { SplitName(name.replacing("t10k", with: "test")) }

  /// Throws if some names are those of splits, but others are not or have other words besides.
  private static func checkNames(of pairs: [IDXImages]) throws {
    let names = pairs.map { (file: FileSystem.name(of: $0.file), split: splitName(of: FileSystem.name(of: $0.file))) }
    guard let first = names.first(where: { $0.split != nil }) else { return }
    for (pair, name) in zip(pairs, names) where name.split?.qualifier != first.split?.qualifier {
      throw DatasetError.malformedIDX(
        path: pair.file,
        problem: name.split == nil
          ? "its name must contain train, t10k or test, as the names of the files beside it do"
          : "its name differs from \(first.file) in more than the split; put each data set into a folder of its own")
    }
  }

  /// Reads the header of an images file and the whole labels file, whose name has `labels` instead of `images` and
  /// `idx1` instead of `idx3`.
  init(imagesFile path: String, split: Split?) throws {
    let labelsPath = try Self.labelsPath(for: path)
    files = [path, labelsPath].map { CacheManifest.File(path: $0, stamp: FileStamp($0), label: nil, split: split) }
    let images = try GzipReader(path)
    let header = try images.header(magic: [0, 0, 8, 3], dimensions: 3)
    let labelsFile = try GzipReader(labelsPath)
    let count = try labelsFile.header(magic: [0, 0, 8, 1], dimensions: 1)[0]
    guard count == header[0] else {
      throw DatasetError.malformedIDX(path: path, problem: "\(header[0]) images but \(count) labels")
    }
    let sides = 1...ImageSize.largestSide
    guard header[0] > 0, sides.contains(header[1]), sides.contains(header[2]) else {
      throw DatasetError.malformedIDX(
        path: path,
        problem: "there must be ≥ 1 image, with sides of 1 ... \(sides.upperBound) pixels "
          + "(got \(counted(header[0], "image")) of \(header[2]) x \(header[1]))")
    }
    try labelsFile.checkHolds(count)
    try images.checkHolds(header[0], of: header[1] * header[2])
    file = path
    self.split = split
    size = ImageSize(width: header[2], height: header[1])
    labels = try labelsFile.next(count)
    try labelsFile.checkEnd()
  }

  /// Throws `FileError` if a file has changed since it was opened.
  func checkUnchanged() throws(FileError) {
    for file in files {
      guard let now = FileStamp(file.path), let before = file.stamp, now.hasSameContent(as: before) else {
        throw FileError(file.path, .changed)
      }
    }
  }

  var unsplit: IDXImages {
    var copy = self
    copy.split = nil
    return copy
  }

  /// Returns the image that a reference such as `train-images-idx3-ubyte.gz#17` names; nil if it names no image in an
  /// IDX file. Throws ``DatasetError`` if the file is damaged or has no image with that index.
  static func image(at reference: String) throws -> Image? {
    guard let sign = reference.lastIndex(of: "#"), let index = Int(reference[reference.index(after: sign)...]),
      index >= 0
    else { return nil }
    let path = String(reference[..<sign])
    guard FileSystem.kind(of: reference) == nil, FileSystem.kind(of: path) == .file, try isIDX(path) else { return nil }
    let images = try IDXImages(imagesFile: path, split: nil)
    guard index < images.labels.count else {
      throw DatasetError.malformedIDX(
        path: path, problem: "the index of an image must be in 0 ..< \(images.labels.count) (got \(index))")
    }
    var image = [UInt8](repeating: 0, count: images.size.width * images.size.height)
    let reader = try IDXReader(images)
    try reader.skip(to: index)
    try image.withUnsafeMutableBufferPointer { try reader.next(into: $0) }
    return Image(width: images.size.width, height: images.size.height, color: .gray, pixels: image)
  }

  private static func labelsPath(for path: String) throws -> String {
    let name = FileSystem.name(of: path)
    let plain = name.hasSuffix(".gz") ? String(name.dropLast(3)) : name
    let labels = plain.replacing("images", with: "labels", maxReplacements: 1)
      .replacing("idx3", with: "idx1", maxReplacements: 1)
    guard labels != plain else {
      throw DatasetError.malformedIDX(
        path: path, problem: "its name must contain \"images\" or \"idx3\", so that the labels file can be found")
    }
    for name in [labels, labels + ".gz"] {
      let whole = FileSystem.path(FileSystem.folder(of: path), name)
      if FileSystem.kind(of: whole) == .file { return whole }
    }
    throw DatasetError.malformedIDX(path: path, problem: "its labels file \(labels) is not in the same folder")
  }
}
