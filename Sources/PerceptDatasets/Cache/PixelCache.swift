import PerceptIO
public import PerceptImages
import PerceptPlatform

/// A folder that stores the features of images between runs, so that images are decoded only once. There is one
/// cache file for each combination of data source, class selection, and preprocessing. It is used only if the path,
/// size, and times of every image file are unchanged and its checksums match; otherwise it is regenerated, decoding
/// only new and changed images. Beyond the limit, the least recently used files are removed. If the folder cannot be
/// written to, nothing is cached.
public struct PixelCache: Sendable, Hashable {
  /// The folder with the cache files.
  public let folder: String
  /// The largest total size of the cache files, in bytes.
  public let limit: Int

  /// The default limit, 10 GiB.
  public static let defaultLimit = 10 << 30

  static let ending = ".pixels"

  /// Creates a cache in a folder. The folder is created when the first file is written.
  ///
  /// - Parameters:
  ///   - folder: the path of the folder.
  ///   - limit: the largest total size of the cache files, in bytes.
  public init(folder: String, limit: Int = defaultLimit) {
    self.folder = folder
    self.limit = limit
  }

  /// Returns the cache of the current user: `$XDG_CACHE_HOME/percept/pixels`, or else `$HOME/.cache/percept/pixels`.
  /// The environment variable `PERCEPT_CACHE_LIMIT` sets the limit; the default is ``defaultLimit``.
  ///
  /// - Returns: the cache; nil if neither variable is an absolute path.
  /// - Throws: ``DatasetError/malformedCacheLimit(text:)``.
  public static func user() throws(DatasetError) -> PixelCache? {
    guard let caches = FileSystem.userFolder("XDG_CACHE_HOME", inHome: ".cache") else { return nil }
    return PixelCache(folder: FileSystem.path(caches, "percept/pixels"), limit: try userLimit())
  }

  private static func userLimit() throws(DatasetError) -> Int {
    guard let text = getenv("PERCEPT_CACHE_LIMIT").map({ String(cString: $0) }), !text.isEmpty else {
      return defaultLimit
    }
    guard let bytes = ByteCount(text) else { throw .malformedCacheLimit(text: text) }
    return bytes.value
  }

  /// A file of the cache.
  public struct Entry: Sendable, Hashable {
    /// The content of a cache file.
    public struct Content: Sendable, Hashable {
      /// The absolute path of the data.
      public let source: String
      /// The number of images.
      public let examples: Int
      /// The size that images were resized to before their features were computed.
      public let imageSize: ImageSize
      /// The handling of images with another aspect ratio.
      public let fit: ResizeMode
      /// The color mode of the images.
      public let color: ColorMode
      /// The name of the extractor of the features, such as `pixels`.
      public let features: String
    }

    /// The path of the cache file.
    public let file: String
    /// The content; nil if the file is damaged or of another version. Features are not checked.
    public let content: Content?
    /// The size of the file in bytes.
    public let bytes: Int
    /// The time of the last use, in seconds since 1970.
    public let lastUsed: Int
  }

  /// Returns the files of the cache, the most recently used first.
  public func entries() -> [Entry] {
    stored().reversed().map { file in
      Entry(file: file.path, content: Self.content(of: file.path), bytes: file.bytes, lastUsed: file.lastUsed.tv_sec)
    }
  }

  private static func content(of path: String) -> Entry.Content? {
    guard let file = CacheFile(path), let manifest = CacheManifest(decoding: file.manifestBytes) else { return nil }
    return Entry.Content(
      source: manifest.source, examples: file.layout.rows - file.skipped.count, imageSize: manifest.grid.size,
      fit: manifest.grid.fit, color: manifest.grid.color, features: manifest.extractor.name)
  }
}
