import PerceptIO
public import PerceptFeatures
public import PerceptImages

extension Preprocessing {
  /// Returns the features of an image file, or of one image in an IDX file, such as `train-images-idx3-ubyte.gz#17`.
  ///
  /// - Parameter reference: the path of an image file; or of an IDX file, `#`, and the index of the image from 0.
  /// - Returns: `featureCount` bytes, the same as in training.
  /// - Throws: `FileError`, `ImageError`, or ``DatasetError`` if the file is missing, damaged, or has no such image;
  ///   `FeatureError` if the extractor fails.
  public func features(at reference: String) throws -> [UInt8] {
    try features(ofSamples: samples(at: reference))
  }

  /// Returns the samples of the pixels of an image file or of one image in an IDX file. Throws as ``features(at:)``.
  package func samples(at reference: String) throws -> [UInt8] {
    if let image = try IDXImages.image(at: reference) { return grid.samples(of: image) }
    return try samples(ofFile: reference)
  }

  /// Returns an image file, or one image in an IDX file, with its features. Throws as ``features(at:)``.
  package func prepared(at reference: String) throws -> PreparedImage {
    try prepared(ofSamples: samples(at: reference))
  }

  /// Returns the key of an image file or of one image in an IDX file, as in ``Dataset/key(of:)``. Throws the errors of
  /// ``features(at:)`` except those of the decoder.
  package static func imageKey(at reference: String) throws -> UInt32 {
    if let image = try IDXImages.image(at: reference) { return image.pixels.withUnsafeBytes(Fingerprint.key) }
    return try FileSystem.read(reference, limit: Image.largestFile).withUnsafeBytes(Fingerprint.key)
  }
}

extension Image {
  /// Loads an image file, or one image in an IDX file.
  ///
  /// - Parameter reference: as in `Preprocessing.features(at:)`.
  /// - Throws: `FileError`, `ImageError`, or ``DatasetError`` if the file is missing, damaged, or has no such image.
  public init(at reference: String) throws {
    self = try IDXImages.image(at: reference) ?? Image(contentsOf: reference)
  }
}
