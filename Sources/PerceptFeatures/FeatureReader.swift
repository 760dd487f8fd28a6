package import PerceptImages
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

  /// Reads ``Preprocessing/featureCount`` features of an image file, and the samples of its ``Preprocessing/thumbnail``,
  /// if there is one. After an error, their content is undefined. Throws `FileError` if the file cannot be read;
  /// `ImageError` if it is not a complete, supported image; ``FeatureError`` if the extractor fails.
  @discardableResult
  package func read(
    _ path: String, pixelBudget: Int = Image.defaultPixelBudget, into features: UnsafeMutableBufferPointer<UInt8>,
    thumbnail: UnsafeMutableBufferPointer<UInt8> = .init(start: nil, count: 0)
  ) throws -> PixelWorkspace.Facts {
    do {
      return try withWorkspace {
        try $0.read(path, pixelBudget: pixelBudget, for: preprocessing, into: features, thumbnail: thumbnail)
      }
    } catch let error as FeatureError {
      throw error.naming(path)
    }
  }

  /// Writes the features and the thumbnail of a decoded image.
  package func write(
    _ image: Image, into features: UnsafeMutableBufferPointer<UInt8>,
    thumbnail: UnsafeMutableBufferPointer<UInt8> = .init(start: nil, count: 0)
  ) throws {
    try withWorkspace { try $0.write(image, for: preprocessing, into: features, thumbnail: thumbnail) }
  }

  private func withWorkspace<Result>(_ body: (FeatureWorkspace) throws -> Result) rethrows -> Result {
    let workspace = idle.withLock { $0.popLast() } ?? FeatureWorkspace()
    defer { idle.withLock { $0.append(workspace) } }
    return try body(workspace)
  }
}

/// The buffers of one thread. It is `Sendable` because the reader gives it to one thread at a time.
private final class FeatureWorkspace: @unchecked Sendable {
  private let pixels = PixelWorkspace()
  /// The samples from which features are computed.
  private var samples: [UInt8] = []

  func read(
    _ path: String, pixelBudget: Int, for preprocessing: Preprocessing,
    into features: UnsafeMutableBufferPointer<UInt8>, thumbnail: UnsafeMutableBufferPointer<UInt8>
  ) throws -> PixelWorkspace.Facts {
    let grid = preprocessing.grid
    return try extract(preprocessing, into: features, thumbnail: thumbnail) {
      try pixels.read(path, pixelBudget: pixelBudget, for: grid, into: $0)
    }
  }

  func write(
    _ image: Image, for preprocessing: Preprocessing, into features: UnsafeMutableBufferPointer<UInt8>,
    thumbnail: UnsafeMutableBufferPointer<UInt8>
  ) throws {
    let grid = preprocessing.grid
    try extract(preprocessing, into: features, thumbnail: thumbnail) {
      pixels.write(DecodedImage(image), for: grid, into: $0)
    }
  }

  /// Lets `read` write samples, and computes features and thumbnail from them.
  private func extract<Result>(
    _ preprocessing: Preprocessing, into features: UnsafeMutableBufferPointer<UInt8>,
    thumbnail: UnsafeMutableBufferPointer<UInt8>, _ read: (UnsafeMutableBufferPointer<UInt8>) throws -> Result
  ) throws -> Result {
    let grid = preprocessing.grid
    if preprocessing.extractor == .pixels { return try read(features) }
    if samples.count != grid.sampleCount { samples = [UInt8](repeating: 0, count: grid.sampleCount) }
    return try samples.withUnsafeMutableBufferPointer { samples in
      let result = try read(samples)
      let source = UnsafeBufferPointer(samples)
      try preprocessing.extractor.write(source, of: grid, into: features)
      if let small = preprocessing.thumbnail, !thumbnail.isEmpty {
        pixels.resample(source, of: grid, to: small, into: thumbnail)
      }
      return result
    }
  }
}
