import PerceptIO
public import PerceptImages

extension Dataset {
  /// All pictures of a folder of class folders, of a label file, or of IDX files, as features.
  ///
  /// Files that cannot be read are left aside and listed in ``skipped``.
  ///
  /// - Parameters:
  ///   - path: the folder (or one of the other kinds that ``DataSource`` lists).
  ///   - preprocessing: how pictures become features; by default ``DataSource/defaultPreprocessing``.
  /// - Throws: ``FileError`` when there is nothing at the path, ``DatasetError`` when it is not usable data.
  public init(imageFolder path: String, preprocessing: Preprocessing? = nil) throws {
    try self.init(DataSource(path), preprocessing: preprocessing)
  }

  /// All pictures of a source, decoded on all cores; the examples stand in the order of the listing.
  ///
  /// - Parameters:
  ///   - source: where the pictures are.
  ///   - preprocessing: how pictures become features; by default the source's own way.
  ///   - cache: where features are kept between runs; nil keeps nothing and writes nothing.
  ///   - progress: called, from any thread, one call at a time, with how many of how many files that must be decoded are
  ///     done. What a cache holds is not decoded.
  /// - Throws: ``DatasetError`` when not one picture can be read, an IDX file is damaged, or memory does not suffice.
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

  /// The pixels of all rows, by way of the cache where that can be.
  private static func pixels(
    _ loader: some RowLoader, of source: DataSource, _ preprocessing: Preprocessing, _ cache: PixelCache?
  ) throws -> PixelStorage {
    guard loader.rows > 0 else { throw DatasetError.nothingReadable(path: source.path, example: nil) }
    if let cache, let kind = FileSystem.kind(of: source.path), kind != .other {  // what a pipe said is not said again
      let manifest = try CacheManifest(of: source, files: loader.files, preprocessing: preprocessing)
      if let pixels = try cache.pixels(for: manifest, from: loader) { return pixels }
    }
    return try PixelStorage(rows: loader.rows, columns: loader.columns) { memory in
      try loader.fill(0..<loader.rows, into: memory)
    }
  }
}
