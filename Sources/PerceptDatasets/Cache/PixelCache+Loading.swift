import Glibc
import PerceptIO

extension PixelCache {
  /// The number of bytes of pixels in memory at a time while a file is written: 16 MiB, or one row if that is more.
  private static let windowSize = 16 << 20

  /// Returns the pixels that a manifest stands for, from the existing cache file if it is current, otherwise from a new
  /// one. Nil if no file can be written; the caller then loads them into memory.
  func pixels(for manifest: CacheManifest, from loader: some RowLoader) throws -> PixelStorage? {
    let (path, bytes) = (FileSystem.path(folder, manifest.fileName), manifest.bytes)
    guard
      let layout = CacheFile.Layout(manifestLength: bytes.count, rows: loader.rows, columns: loader.columns)
    else { return nil }
    if let earlier = CacheFile(path), earlier.manifestBytes.starts(with: manifest.identity), earlier.hasIntactPixels {
      let isCurrent = earlier.layout == layout && earlier.manifestBytes.elementsEqual(bytes)
      if isCurrent, loader.stillSkips(earlier.skipped) {
        utimensat(AT_FDCWD, path, nil, AT_SYMLINK_NOFOLLOW)
        return earlier.storage
      }
      loader.reuse(earlier)
    }
    return try write(layout, bytes, from: loader, to: path)
  }

  private func write(
    _ layout: CacheFile.Layout, _ manifest: [UInt8], from loader: some RowLoader, to path: String
  ) throws -> PixelStorage? {
    guard let writer = CacheWriter(path, size: layout.size, isKept: layout.size <= limit) else { return nil }
    let count = min(layout.rows, max(1, Self.windowSize / max(layout.columns, 1)))
    var window = [UInt8](repeating: 0, count: count * layout.columns)
    var checksum = Checksum()
    for start in stride(from: 0, to: layout.rows, by: count) {
      let rows = start..<min(start + count, layout.rows)
      let isWritten = try window.withUnsafeMutableBufferPointer { window in
        let filled = UnsafeMutableBufferPointer(rebasing: window[..<(rows.count * layout.columns)])
        filled.update(repeating: 0)
        try loader.fill(rows, into: filled)
        checksum.append(UnsafeRawBufferPointer(filled))
        return writer.write(
          UnsafeRawBufferPointer(filled), at: layout.pixels.lowerBound + start * layout.columns)
      }
      guard isWritten else { return nil }
    }
    let keys = loader.keys
    let head = CacheFile.head(
      layout, manifest: manifest, skipped: loader.skipped, keys: keys, pixelChecksum: checksum)
    guard head.withUnsafeBytes({ writer.write($0, at: 0) }), let mapping = writer.finish() else { return nil }
    trim(keeping: path)
    return PixelStorage(
      rows: layout.rows, columns: layout.columns, keys: keys, mapping: mapping, offset: layout.pixels.lowerBound)
  }
}
