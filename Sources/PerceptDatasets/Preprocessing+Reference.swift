import PerceptIO
public import PerceptImages

extension Preprocessing {
  /// Returns the features of an image file, or of one image in an IDX file, such as `train-images-idx3-ubyte.gz#17`.
  ///
  /// - Parameter reference: the path of an image file; or of an IDX file, `#`, and the index of the image from 0.
  /// - Returns: `featureCount` bytes, the same as in training.
  /// - Throws: `FileError`, `ImageError`, or ``DatasetError`` if the file is missing, damaged, or has no such image.
  public func features(at reference: String) throws -> [UInt8] {
    if let image = try IDXImages.image(at: reference) { return features(of: image) }
    return try features(ofFile: reference)
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
