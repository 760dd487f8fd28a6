import PerceptIO
import PerceptImages
import PerceptLinearAlgebra

/// What the pixels of a cache file came from, file by file. Two manifests of equal bytes stand for equal pixels.
struct CacheManifest {
  /// A file that was read, as it was just before.
  struct File {
    /// Where it is, from the root.
    let path: String
    /// Its size and times; nil where it could not be seen.
    let stamp: FileStamp?
    /// The class of the picture; nil for IDX files, whose pictures have classes of their own.
    let label: Int?
    let split: Split?
  }

  /// The data's path, from the root and without links.
  let source: String
  let preprocessing: Preprocessing
  let classNames: [String]
  /// The data's own labels that were chosen, sorted, and the class of each.
  let labels: [(label: String, index: Int)]
  /// For picture files, one for each row.
  let files: [File]

  /// The manifest of a source as it is now.
  ///
  /// - Throws: `FileError` where the current folder is gone.
  init(of source: DataSource, files: [File], preprocessing: Preprocessing) throws {
    self.preprocessing = preprocessing
    self.source = try FileSystem.realPath(source.path)
    classNames = source.classNames
    labels = source.classIndex.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
    // Files are listed below the path as it was given; here it is the same however it was given.
    let folder = FileSystem.kind(of: source.path) == .folder ? source.path : FileSystem.folder(of: source.path)
    let prefix = folder.isEmpty || folder.hasSuffix("/") ? folder : folder + "/"
    let real = try FileSystem.realPath(folder.isEmpty ? "." : folder)
    self.files = try files.map { file in
      let isBelow = file.path.utf8.starts(with: prefix.utf8) && (file.path.hasPrefix("/") == prefix.hasPrefix("/"))
      let path = isBelow ? FileSystem.path(real, String(file.path.dropFirst(prefix.count))) : file.path
      return File(path: try FileSystem.absolutePath(path), stamp: file.stamp, label: file.label, split: file.split)
    }
  }

  /// The bytes that say which data in which preparation this is, whatever its files are now.
  var identity: [UInt8] {
    var writer = ByteWriter()
    writer.write(source)
    writer.write(preprocessing.size.width)
    writer.write(preprocessing.size.height)
    writer.write(preprocessing.fit.rawValue)
    writer.write(preprocessing.color.rawValue)
    writer.write(classNames.count)
    for name in classNames { writer.write(name) }
    writer.write(labels.count)
    for (label, index) in labels {
      writer.write(label)
      writer.write(index)
    }
    return writer.bytes
  }

  /// Everything.
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

  /// The cache file's name: a fingerprint of ``identity``. Should two be equal, the later replaces the earlier.
  var fileName: String {
    var sum = Fingerprint()
    identity.withUnsafeBytes { sum.add($0) }
    return sum.text + PixelCache.ending
  }
}

extension CacheManifest {
  /// The manifest that ``bytes`` were made of; nil for any other bytes.
  init?(decoding bytes: UnsafeRawBufferPointer) {
    var reader = ByteReader(bytes)
    guard let source = reader.text(), let preprocessing = reader.preprocessing(),
      let classNames = reader.list({ $0.text() }),
      let labels = reader.list({ reader in
        reader.text().flatMap { text in reader.number().map { (label: text, index: Int($0)) } }
      }),
      let files = reader.list({ $0.file() }), reader.isAtEnd
    else { return nil }
    self.source = source
    self.preprocessing = preprocessing
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

  fileprivate mutating func preprocessing() -> Preprocessing? {
    let sides = 1...Int64(ImageSize.largestSide)
    guard let width = number(), let height = number(), sides.contains(width), sides.contains(height),
      let fit = text().flatMap(ResizeMode.init(rawValue:)), let color = text().flatMap(ColorMode.init(rawValue:))
    else { return nil }
    return Preprocessing(size: ImageSize(width: Int(width), height: Int(height)), fit: fit, color: color)
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
