import PerceptIO
public import PerceptImages

extension Dataset {
  /// Loads all images of a folder of class folders, a label file, or IDX files, and converts them to features. Files
  /// that cannot be read are listed in ``skipped``.
  ///
  /// - Parameters:
  ///   - path: the data, as ``DataSource`` describes.
  ///   - preprocessing: how to convert images to features; by default ``DataSource/defaultPreprocessing``.
  /// - Throws: ``FileError`` if nothing exists at the path, ``DatasetError`` if it is not usable data.
  public init(imageFolder path: String, preprocessing: Preprocessing? = nil) throws {
    try self.init(DataSource(path), preprocessing: preprocessing)
  }

  /// Loads all images of a data source, in its order, decoding them in parallel on all cores.
  ///
  /// - Parameters:
  ///   - source: the data source.
  ///   - preprocessing: how to convert images to features; by default ``DataSource/defaultPreprocessing``.
  ///   - cache: stores features between runs; nil neither reads nor writes a cache.
  ///   - progress: called from any thread, one call at a time, with the number of image files decoded so far and in
  ///     total, not counting cached images.
  /// - Throws: ``DatasetError`` if no image can be read, an IDX file is damaged, or the pixels do not fit into memory.
  public init(
    _ source: DataSource, preprocessing: Preprocessing? = nil, cache: PixelCache? = nil,
    progress: (@Sendable (Int, Int) -> Void)? = nil
  ) throws {
    let preprocessing = preprocessing ?? source.defaultPreprocessing
    switch source.content {
    case .files(let entries):
      let chosen = source.examples(of: entries)
      let loader = ImageLoader(
        chosen, of: source, preprocessing: preprocessing, isCached: cache != nil, progress: progress)
      let pixels = try Self.pixels(loader, of: source, preprocessing, cache)
      let reasons = loader.reasons
      let rows = chosen.indices.filter { reasons[$0] == nil }
      self.init(
        preprocessing: preprocessing, classNames: source.classNames, examples: rows.map { chosen[$0] },
        skipped: reasons.sorted { $0.key < $1.key }.map { SkippedFile(file: chosen[$0.key].file, reason: $0.value) },
        pixels: pixels, rows: rows)
    case .idx(let parts):
      let loader = IDXLoader(parts, of: source, preprocessing: preprocessing)
      let pixels = try Self.pixels(loader, of: source, preprocessing, cache)
      self.init(
        preprocessing: preprocessing, classNames: source.classNames, examples: loader.examples(of: source),
        pixels: pixels, rows: Array(0..<loader.rows))
    }
  }

  /// Returns the pixels of all rows, from the cache if possible.
  private static func pixels(
    _ loader: some RowLoader, of source: DataSource, _ preprocessing: Preprocessing, _ cache: PixelCache?
  ) throws -> PixelStorage {
    guard loader.rows > 0 else { throw DatasetError.nothingReadable(path: source.path, example: nil) }
    if let cache, let kind = FileSystem.kind(of: source.path), kind != .other {  // a pipe can be read only once
      let manifest = try CacheManifest(of: source, files: loader.files, preprocessing: preprocessing)
      if let pixels = try cache.pixels(for: manifest, from: loader) { return pixels }
    }
    return try PixelStorage(rows: loader.rows, columns: loader.columns) { memory in
      try loader.fill(0..<loader.rows, into: memory)
      return loader.keys
    }
  }
}
