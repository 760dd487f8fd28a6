import Glibc
import PerceptIO
public import PerceptImages

/// A folder that keeps decoded pictures between runs, so that the next starts at once: one file for each source, choice
/// of classes and preprocessing.
///
/// A file is used only if every picture is exactly as it was, by path, size and times, and its checksums are right;
/// otherwise it is made again. Nobody need ever clear the cache: the files used least recently go when it grows beyond
/// its limit. Where the folder cannot be written to, nothing is kept and nothing fails.
public struct PixelCache: Sendable, Hashable {
  /// Where the files are.
  public let folder: String
  /// How many bytes they may take together.
  public let limit: Int

  /// 10 GiB.
  public static let defaultLimit = 10 << 30

  static let ending = ".pixels"

  /// A cache in a folder, which is made when it is first needed.
  ///
  /// - Parameters:
  ///   - folder: the folder.
  ///   - limit: how many bytes the files may take together.
  public init(folder: String, limit: Int = defaultLimit) {
    self.folder = folder
    self.limit = limit
  }

  /// The user's own cache, as the XDG Base Directory Specification places it: `$XDG_CACHE_HOME/percept/pixels`, or
  /// `$HOME/.cache/percept/pixels`. `PERCEPT_CACHE_LIMIT` may give its limit.
  ///
  /// - Returns: the cache; nil where the environment names no home.
  /// - Throws: ``DatasetError/malformedCacheLimit(text:)``.
  public static func user() throws(DatasetError) -> PixelCache? {
    func folder(_ variable: String) -> String? {
      getenv(variable).map { String(cString: $0) }.flatMap { $0.hasPrefix("/") ? $0 : nil }
    }
    guard let caches = folder("XDG_CACHE_HOME") ?? folder("HOME").map({ FileSystem.path($0, ".cache") }) else {
      return nil
    }
    return PixelCache(folder: FileSystem.path(caches, "percept/pixels"), limit: try userLimit())
  }

  private static func userLimit() throws(DatasetError) -> Int {
    guard let text = getenv("PERCEPT_CACHE_LIMIT").map({ String(cString: $0) }), !text.isEmpty else {
      return defaultLimit
    }
    guard let bytes = ByteCount(text) else { throw .malformedCacheLimit(text: text) }
    return bytes.value
  }

  /// One file of the cache.
  public struct Entry: Sendable, Hashable {
    /// What it holds.
    public struct Content: Sendable, Hashable {
      /// The path of the data, from the root.
      public let source: String
      /// How many pictures are in it.
      public let examples: Int
      /// How they became features.
      public let preprocessing: Preprocessing
    }

    /// The file.
    public let file: String
    /// What it holds; nil where it is damaged or of another version. Pixels are checked only when they are used.
    public let content: Content?
    /// Its size.
    public let bytes: Int
    /// When it was last used, in seconds since 1970.
    public let lastUsed: Int
  }

  /// The files of the cache, the last used first.
  public func entries() -> [Entry] {
    stored().reversed().map { file in
      Entry(file: file.path, content: Self.content(of: file.path), bytes: file.bytes, lastUsed: file.lastUsed.tv_sec)
    }
  }

  private static func content(of path: String) -> Entry.Content? {
    guard let file = CacheFile(path), let manifest = CacheManifest(decoding: file.manifestBytes) else { return nil }
    return Entry.Content(
      source: manifest.source, examples: file.layout.rows - file.skipped.count, preprocessing: manifest.preprocessing)
  }
}
