import PerceptCluster
import PerceptIO
public import PerceptFeatures

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
  /// - Throws: ``DatasetError`` if no image can be read, an IDX file is damaged, or the features do not fit into memory;
  ///   `FeatureError` if the extractor does not support the preprocessing; `FileError` or `ImageError` if the system fails
  ///   (too many open files, not enough memory, a failing disk), or an IDX file changes while it is read.
  public init(
    _ source: DataSource, preprocessing: Preprocessing? = nil, cache: PixelCache? = nil,
    progress: (@Sendable (Int, Int) -> Void)? = nil
  ) throws {
    try self.init(source, preprocessing: preprocessing, cache: cache, progress: progress, cancellation: nil)
  }

  /// Loads all images, unless it is cancelled; then it throws `CancellationError`.
  init(
    _ source: DataSource, preprocessing: Preprocessing?, cache: PixelCache?,
    progress: (@Sendable (Int, Int) -> Void)?, cancellation: Cancellation?
  ) throws {
    // A cache file contains all rows, but each rank loads only its own.
    let cache = Cluster.current == nil ? cache : nil
    if let cluster = Cluster.current { try source.checkAgreement(cluster) }
    let preprocessing = preprocessing ?? source.defaultPreprocessing
    try preprocessing.check()
    switch source.content {
    case .files(let entries):
      let chosen = source.examples(of: entries)
      let loader = ImageLoader(
        chosen, of: source, preprocessing: preprocessing, isCached: cache != nil, progress: progress,
        cancellation: cancellation)
      let storage = try Self.storage(loader, of: source, chosen.map(\.split), cache)
      let reasons = loader.reasons
      let rows = chosen.indices.filter { reasons[$0] == nil }
      self.init(
        preprocessing: preprocessing, classNames: source.classNames, examples: rows.map { chosen[$0] },
        skipped: reasons.sorted { $0.key < $1.key }.map { SkippedFile(file: chosen[$0.key].file, reason: $0.value) },
        animationCount: loader.animations.count, storage: storage, rows: rows)
    case .idx(let parts):
      let loader = IDXLoader(parts, of: source, preprocessing: preprocessing)
      let examples = loader.examples(of: source)
      let storage = try Self.storage(loader, of: source, examples.map(\.split), cache)
      self.init(
        preprocessing: preprocessing, classNames: source.classNames, examples: examples, storage: storage,
        rows: Array(0..<loader.rows))
    }
  }

  /// Returns the features of all rows, from the cache if possible; in a cluster, those of this rank. `splits` are the
  /// splits of the rows.
  private static func storage(
    _ loader: some RowLoader, of source: DataSource, _ splits: [Split?], _ cache: PixelCache?
  ) throws -> FeatureStorage {
    guard loader.rows > 0 else { throw DatasetError.nothingReadable(path: source.path, example: nil) }
    if let cache {
      let manifest = try CacheManifest(of: source, files: loader.files, preprocessing: loader.preprocessing)
      if let storage = try cache.features(for: manifest, from: loader) { return storage }
    }
    loader.shares = Cluster.current.map { RowShares(splits, $0) }
    return try FeatureStorage(
      rows: loader.rows, columns: loader.columns, thumbnailColumns: loader.thumbnailColumns, shares: loader.shares
    ) { memory in
      try loader.fill(0..<loader.rows, into: memory)
      return loader.keys
    }
  }
}
