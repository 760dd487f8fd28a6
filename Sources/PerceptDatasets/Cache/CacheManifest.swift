import PerceptFeatures
import PerceptIO
import PerceptImages
import PerceptLinearAlgebra

/// The origin of the features of a cache file: the data, the preprocessing, and the state of every image file. Manifests
/// with equal bytes stand for equal features.
struct CacheManifest {
  /// An input file, in its state just before it was read.
  struct File {
    /// The absolute path.
    let path: String
    /// Nil if it cannot be determined.
    let stamp: FileStamp?
    /// The class of the image; nil for IDX files, which contain images of several classes.
    let label: Int?
    let split: Split?
  }

  /// The absolute path of the data, with symbolic links resolved.
  let source: String
  let grid: PixelGrid
  /// The name of the extractor, and what identifies it.
  let extractor: (name: String, identity: String)
  let classNames: [String]
  /// The selected labels of the data, sorted, with the index of the class of each.
  let labels: [(label: String, index: Int)]
  /// The input files. For image files, one for each row.
  let files: [File]

  init(of source: DataSource, files: [File], preprocessing: Preprocessing) throws {
    grid = preprocessing.grid
    extractor = (preprocessing.extractor.name, preprocessing.extractor.identity)
    self.source = try FileSystem.realPath(source.path)
    classNames = source.classNames
    labels = source.classIndex.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
    // Listed paths begin with the path of the source as given. Replace that prefix with the resolved path, so that the
    // manifest does not depend on how the path was spelled.
    let folder = FileSystem.kind(of: source.path) == .folder ? source.path : FileSystem.folder(of: source.path)
    let prefix = folder.isEmpty || folder.hasSuffix("/") ? folder : folder + "/"
    let real = try FileSystem.realPath(folder.isEmpty ? "." : folder)
    self.files = try files.map { file in
      let isBelow = file.path.utf8.starts(with: prefix.utf8) && (file.path.hasPrefix("/") == prefix.hasPrefix("/"))
      let path = isBelow ? FileSystem.path(real, String(file.path.dropFirst(prefix.count))) : file.path
      return File(path: try FileSystem.absolutePath(path), stamp: file.stamp, label: file.label, split: file.split)
    }
  }

  /// The encoded data path, preprocessing, and classes, which stay the same when files change.
  var identity: [UInt8] {
    var writer = ByteWriter()
    writer.write(source)
    writer.write(grid.size.width)
    writer.write(grid.size.height)
    writer.write(grid.fit.rawValue)
    writer.write(grid.color.rawValue)
    writer.write(extractor.name)
    writer.write(extractor.identity)
    writer.write(classNames.count)
    for name in classNames { writer.write(name) }
    writer.write(labels.count)
    for (label, index) in labels {
      writer.write(label)
      writer.write(index)
    }
    return writer.bytes
  }

  /// The encoded manifest: ``identity``, followed by the files.
  var bytes: [UInt8] {
    var writer = ByteWriter()
    writer.write(files.count)
    for file in files {
      writer.write(file.path)
      writer.write(file.stamp?.size ?? -1)
      writer.write(file.stamp?.modified ?? 0)
      writer.write(file.stamp?.changed ?? 0)
      writer.write(file.label ?? -1)
      writer.write(file.split?.rawValue ?? "")
    }
    return identity + writer.bytes
  }

  /// A fingerprint of ``identity``. If two fingerprints collide, the later file replaces the earlier one.
  var fileName: String {
    var sum = Fingerprint()
    identity.withUnsafeBytes { sum.add($0) }
    return sum.text + PixelCache.ending
  }
}

extension CacheManifest {
  /// Decodes ``bytes``. Returns nil if they are malformed.
  init?(decoding bytes: UnsafeRawBufferPointer) {
    var reader = ByteReader(bytes)
    guard let source = reader.text(), let grid = reader.grid(), let name = reader.text(), let identity = reader.text(),
      let classNames = reader.list({ $0.text() }),
      let labels = reader.list({ reader in
        reader.text().flatMap { text in reader.number().map { (label: text, index: Int($0)) } }
      }),
      let files = reader.list({ $0.file() }), reader.isAtEnd
    else { return nil }
    self.source = source
    self.grid = grid
    extractor = (name, identity)
    self.classNames = classNames
    self.labels = labels
    self.files = files
  }
}

extension ByteReader {
  fileprivate mutating func list<Element>(_ element: (inout ByteReader) -> Element?) -> [Element]? {
    guard let count = count() else { return nil }
    var elements: [Element] = []
    for _ in 0..<count {
      guard let next = element(&self) else { return nil }
      elements.append(next)
    }
    return elements
  }

  fileprivate mutating func grid() -> PixelGrid? {
    let sides = 1...Int64(ImageSize.largestSide)
    guard let width = number(), let height = number(), sides.contains(width), sides.contains(height),
      let fit = text().flatMap(ResizeMode.init(rawValue:)), let color = text().flatMap(ColorMode.init(rawValue:))
    else { return nil }
    return PixelGrid(size: ImageSize(width: Int(width), height: Int(height)), fit: fit, color: color)
  }

  fileprivate mutating func file() -> CacheManifest.File? {
    guard let path = text(), let size = number(), let modified = number(), let changed = number(),
      let label = number(), let split = text()
    else { return nil }
    return CacheManifest.File(
      path: path, stamp: size < 0 ? nil : FileStamp(size: size, modified: modified, changed: changed),
      label: label < 0 ? nil : Int(label), split: Split(rawValue: split))
  }
}
