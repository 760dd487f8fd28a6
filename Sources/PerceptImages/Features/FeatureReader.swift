import Synchronization

/// Reads image files as features into memory of the caller, with the results of
/// ``Preprocessing/features(ofFile:pixelBudget:)``. Thread-safe. Each thread reuses buffers of its own: for the bytes
/// of the file, for its pixels and for resampling. In the steady state, only the codec itself allocates memory for a
/// JPEG. A new codec for each file, which takes less than a microsecond, ensures that the tables of one file are never
/// used to decode another.
package final class FeatureReader: Sendable {
  private let preprocessing: Preprocessing
  /// The unused workspaces. Their number is at most the largest number of concurrent calls.
  private let idle = Mutex<[FeatureWorkspace]>([])

  package init(_ preprocessing: Preprocessing) {
    self.preprocessing = preprocessing
  }

  /// Reads ``Preprocessing/featureCount`` features of an image file. After an error, their content is undefined. Returns
  /// the key of the image, see `Fingerprint.key(of:)`. Throws `FileError` if the file cannot be read; ``ImageError`` if
  /// it is not a complete, supported image.
  @discardableResult
  package func read(
    _ path: String, pixelBudget: Int = Image.defaultPixelBudget, into features: UnsafeMutableBufferPointer<UInt8>
  ) throws -> UInt32 {
    let workspace = idle.withLock { $0.popLast() } ?? FeatureWorkspace()
    defer { idle.withLock { $0.append(workspace) } }
    return try workspace.read(path, pixelBudget: pixelBudget, for: preprocessing, into: features)
  }
}
