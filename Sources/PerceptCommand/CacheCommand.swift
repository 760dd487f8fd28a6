import ArgumentParser
import Percept

struct CacheCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "cache",
    abstract: "List or clear the cache of decoded images.",
    discussion: """
      EXAMPLES:
        percept cache list
        percept cache clear
        percept train faces/ --no-cache
        PERCEPT_CACHE_LIMIT=2G percept train faces/

      Commands that read labeled data cache the decoded and resized images in
      $XDG_CACHE_HOME/percept/pixels or, if XDG_CACHE_HOME is not set, in
      ~/.cache/percept/pixels. New and changed images are decoded again. If the
      cache exceeds PERCEPT_CACHE_LIMIT (10 GiB by default), the least recently
      used data is removed from it.
      """,
    subcommands: [CacheListCommand.self, CacheClearCommand.self])
}

struct CacheListCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list", abstract: "List the cached data, most recently used first.",
    discussion: """
      EXAMPLES:
        percept cache list
        percept cache list --json | jq .bytes
      """)

  @Flag(help: "Print the result as JSON.")
  var json = false

  func run() throws {
    let cache = try PixelCache.user()
    let entries = cache?.entries() ?? []
    if json { return try Terminal.print(json: CacheListOutput(cache, entries)) }
    guard let cache else { return Terminal.print(CacheClearCommand.noFolder) }
    aligned(entries.map(Self.row)).forEach(Terminal.print)
    let bytes = entries.reduce(0) { $0 + $1.bytes }
    Terminal.print(
      "\(counted(entries.count, "dataset")) in \(cache.folder): \(megabytes(bytes)) of at most \(megabytes(cache.limit))"
    )
  }

  private static func row(_ entry: PixelCache.Entry) -> [String] {
    let ending = [megabytes(entry.bytes), localTime(entry.lastUsed)]
    guard let content = entry.content else { return [FileSystem.name(of: entry.file), "damaged", ""] + ending }
    let size = "\(content.imageSize) \(content.color.rawValue) \(content.features)"
    return [content.source, counted(content.examples, "image"), size] + ending
  }
}

struct CacheClearCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "clear", abstract: "Remove the cache; your images are not affected.",
    discussion: """
      EXAMPLES:
        percept cache clear
      """)

  static let noFolder = "no cache: neither XDG_CACHE_HOME nor HOME is an absolute path"

  @Flag(help: "Print the result as JSON.")
  var json = false

  func run() throws {
    let cache = try PixelCache.user()
    let (count, bytes) = try cache?.clear() ?? (0, 0)
    if json { return try Terminal.print(json: CacheClearOutput(removed: count, bytes: bytes)) }
    Terminal.print(cache == nil ? Self.noFolder : "removed \(counted(count, "dataset")), \(megabytes(bytes))")
  }
}

private struct CacheClearOutput: Encodable {
  let removed: Int
  let bytes: Int
}

private struct CacheListOutput: Encodable {
  struct Entry: Encodable {
    let file: String
    let bytes: Int
    let lastUsed: String
    let isReadable: Bool
    let source: String?
    let pictures: Int?
    let imageSize: Side?
    let fit: String?
    let color: String?
    let features: String?
  }

  let folder: String?
  let bytes: Int
  let limit: Int?
  let entries: [Entry]

  init(_ cache: PixelCache?, _ entries: [PixelCache.Entry]) {
    folder = cache?.folder
    limit = cache?.limit
    bytes = entries.reduce(0) { $0 + $1.bytes }
    self.entries = entries.map { entry in
      let content = entry.content
      return Entry(
        file: entry.file, bytes: entry.bytes, lastUsed: universalTime(entry.lastUsed),
        isReadable: content != nil, source: content?.source, pictures: content?.examples,
        imageSize: content.map { Side($0.imageSize) }, fit: content?.fit.rawValue, color: content?.color.rawValue,
        features: content?.features)
    }
  }
}
