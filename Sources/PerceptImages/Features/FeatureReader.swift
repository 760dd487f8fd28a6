import Synchronization

/// Picture files as features, read one after another or by many threads at once: ``Preprocessing/features(ofFile:pixelBudget:)``
/// into memory of the caller's, with buffers that are kept from one picture to the next.
///
/// Each thread works with buffers of its own: the file's bytes, its pixels, and what resampling needs. In the steady state
/// nothing but what the codec itself needs is allocated for a JPEG. The codec is made anew for each file, so that tables of
/// one file can never decode another; that takes less than a microsecond.
package final class FeatureReader: Sendable {
  private let preprocessing: Preprocessing
  /// As many as there have been threads at once.
  private let idle = Mutex<[FeatureWorkspace]>([])

  package init(_ preprocessing: Preprocessing) {
    self.preprocessing = preprocessing
  }

  /// The features of a picture file.
  ///
  /// - Parameters:
  ///   - path: the file.
  ///   - pixelBudget: the largest declared `width x height` that is decoded.
  ///   - features: receives ``Preprocessing/featureCount`` samples; after an error its content is of no meaning.
  /// - Throws: `FileError` when the file is missing or unreadable, ``ImageError`` when its content is not a whole
  ///   picture of a decoded format.
  package func read(
    _ path: String, pixelBudget: Int = Image.defaultPixelBudget, into features: UnsafeMutableBufferPointer<UInt8>
  ) throws {
    let workspace = idle.withLock { $0.popLast() } ?? FeatureWorkspace()
    defer { idle.withLock { $0.append(workspace) } }
    try workspace.read(path, pixelBudget: pixelBudget, for: preprocessing, into: features)
  }
}
