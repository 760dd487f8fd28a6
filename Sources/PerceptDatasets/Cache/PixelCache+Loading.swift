import PerceptIO
import PerceptPlatform

extension PixelCache {
  /// The number of bytes of features and thumbnails in memory at a time while a file is written: 16 MiB, or one row if that is more.
  private static let windowSize = 16 << 20

  /// Returns the features that a manifest stands for, from the existing cache file if it is current, otherwise from a new
  /// one. Nil if no file can be written; the caller then loads them into memory.
  func features(for manifest: CacheManifest, from loader: some RowLoader) throws -> FeatureStorage? {
    let (path, bytes) = (FileSystem.path(folder, manifest.fileName), manifest.bytes)
    guard
      let layout = CacheFile.Layout(
        manifestLength: bytes.count, rows: loader.rows, columns: loader.columns,
        thumbnailColumns: loader.thumbnailColumns)
    else { return nil }
    utimensat(AT_FDCWD, path, nil, AT_SYMLINK_NOFOLLOW)  // marks an existing file as used
    if let earlier = CacheFile(path), earlier.manifestBytes.starts(with: manifest.identity), earlier.hasIntactFeatures {
      let isCurrent = earlier.layout == layout && earlier.manifestBytes.elementsEqual(bytes)
      if isCurrent, try loader.accepts(earlier) { return earlier.storage(keys: earlier.keys) }
      loader.reuse(earlier)
    }
    return try write(layout, bytes, from: loader, to: path)
  }

  private func write(
    _ layout: CacheFile.Layout, _ manifest: [UInt8], from loader: some RowLoader, to path: String
  ) throws -> FeatureStorage? {
    guard let writer = CacheWriter(path, size: layout.size, isKept: layout.size <= limit) else { return nil }
    guard let checksum = try writeRows(layout, from: loader, to: writer) else { return nil }
    let keys = loader.keys
    let head = CacheFile.head(
      layout, manifest: manifest, skipped: loader.skipped, animations: loader.animations, keys: keys,
      featureChecksum: checksum)
    guard head.withUnsafeBytes({ writer.write($0, at: 0) }), let mapping = writer.finish() else { return nil }
    trim(keeping: path)
    return CacheFile(mapping, layout, featureChecksum: checksum).storage(keys: keys)
  }

  /// Loads the rows in windows and writes them. Returns the checksum of features and thumbnails; nil if they cannot be
  /// written.
  private func writeRows(
    _ layout: CacheFile.Layout, from loader: some RowLoader, to writer: CacheWriter
  ) throws -> Checksum? {
    let count = min(layout.rows, max(1, Self.windowSize / max(layout.columns + layout.thumbnailColumns, 1)))
    var windows = (
      features: [UInt8](repeating: 0, count: count * layout.columns),
      thumbnails: [UInt8](repeating: 0, count: count * layout.thumbnailColumns)
    )
    var (checksum, thumbnailChecksum) = (Checksum(), Checksum())
    for start in stride(from: 0, to: layout.rows, by: count) {
      let rows = start..<min(start + count, layout.rows)
      let isWritten = try windows.features.withUnsafeMutableBufferPointer { features in
        try windows.thumbnails.withUnsafeMutableBufferPointer { thumbnails in
          let filled = RowMemory(
            features: .init(rebasing: features[..<(rows.count * layout.columns)]),
            thumbnails: .init(rebasing: thumbnails[..<(rows.count * layout.thumbnailColumns)]))
          filled.features.update(repeating: 0)
          filled.thumbnails.update(repeating: 0)
          try loader.fill(rows, into: filled)
          let (first, second) = (UnsafeRawBufferPointer(filled.features), UnsafeRawBufferPointer(filled.thumbnails))
          checksum.append(first)
          thumbnailChecksum.append(second)
          return writer.write(first, at: layout.features.lowerBound + start * layout.columns)
            && writer.write(second, at: layout.thumbnails.lowerBound + start * layout.thumbnailColumns)
        }
      }
      guard isWritten else { return nil }
    }
    checksum.append(thumbnailChecksum, length: layout.thumbnails.count)
    return checksum
  }
}
