public import PerceptImages

extension Preprocessing {
  /// The features of a picture file, or of one picture of an IDX file, `train-images-idx3-ubyte.gz#17`.
  ///
  /// - Parameter reference: a path, or a path, `#` and the picture's index from 0.
  /// - Returns: `featureCount` bytes, as training has them.
  /// - Throws: `FileError` or `ImageError` when a file cannot be read as a picture, ``DatasetError`` when an IDX file is
  ///   damaged or has no such picture.
  public func features(at reference: String) throws -> [UInt8] {
    if let image = try IDXImages.image(at: reference) { return features(of: image) }
    return try features(ofFile: reference)
  }
}

extension Image {
  /// The picture of a file, or one picture of an IDX file, as ``Preprocessing/features(at:)`` names them.
  ///
  /// - Parameter reference: a path, or a path, `#` and the picture's index from 0.
  /// - Throws: `FileError`, `ImageError` or ``DatasetError`` when there is no such picture.
  public init(at reference: String) throws {
    self = try IDXImages.image(at: reference) ?? Image(contentsOf: reference)
  }
}
