/// The one way from a picture to features. A classifier carries it in its file, so what it is asked later is prepared
/// exactly as what it learned from.
public struct Preprocessing: Sendable, Hashable {
  /// The size of every picture, in pixels.
  public var size: ImageSize
  /// What happens to pictures of other proportions.
  public var fit: ResizeMode
  /// The channels of every pixel.
  public var color: ColorMode

  /// Pictures of any size.
  ///
  /// - Parameters:
  ///   - size: width and height in pixels.
  ///   - fit: what happens to pictures of other proportions.
  ///   - color: the channels of every pixel.
  public init(size: ImageSize, fit: ResizeMode = .crop, color: ColorMode = .rgb) {
    self.size = size
    self.fit = fit
    self.color = color
  }

  /// Square pictures.
  ///
  /// - Parameters:
  ///   - imageSize: columns and rows, greater than 0.
  ///   - fit: what happens to pictures of other proportions.
  ///   - color: the channels of every pixel.
  public init(imageSize: Int = 64, fit: ResizeMode = .crop, color: ColorMode = .rgb) {
    self.init(size: ImageSize(imageSize), fit: fit, color: color)
  }

  /// The length of a feature vector: `width x height x channels`.
  public var featureCount: Int { size.width * size.height * color.channelCount }

  /// The features of a picture: converted to ``color``, then cut or placed as ``fit`` says, then resized as by
  /// ``Image/resized(to:)``.
  ///
  /// - Parameter image: a picture of any size and color mode.
  /// - Returns: ``featureCount`` samples from 0 to 255, row-major, channel last.
  public func features(of image: Image) -> [UInt8] {
    [UInt8](unsafeUninitializedCapacity: featureCount) { features, initialized in
      FeatureWorkspace().write(image, for: self, into: UnsafeMutableBufferPointer(rebasing: features[..<featureCount]))
      initialized = featureCount
    }
  }

  /// The features of a picture file: ``features(of:)`` of the decoded picture. A JPEG that is much larger than ``size``
  /// is decoded at a half, a quarter or an eighth of its size, as long as at least 3 times the wanted sides are left;
  /// that changes features by less than one level on average.
  ///
  /// - Parameters:
  ///   - path: the file.
  ///   - pixelBudget: the largest declared `width x height` that is decoded.
  /// - Returns: ``featureCount`` samples.
  /// - Throws: `FileError` when the file is missing or unreadable, ``ImageError`` when its content is not a whole
  ///   picture of a decoded format.
  public func features(ofFile path: String, pixelBudget: Int = Image.defaultPixelBudget) throws -> [UInt8] {
    try [UInt8](unsafeUninitializedCapacity: featureCount) { features, initialized in
      let row = UnsafeMutableBufferPointer(rebasing: features[..<featureCount])
      try FeatureWorkspace().read(path, pixelBudget: pixelBudget, for: self, into: row)
      initialized = featureCount
    }
  }

  /// The features of a picture file that is in memory, as ``features(ofFile:pixelBudget:)`` gives them.
  ///
  /// - Parameters:
  ///   - bytes: the whole file.
  ///   - name: what error messages call it.
  ///   - pixelBudget: the largest declared `width x height` that is decoded.
  /// - Returns: ``featureCount`` samples.
  /// - Throws: ``ImageError`` when the bytes are not a whole picture of a decoded format.
  public func features(
    decoding bytes: [UInt8], named name: String, pixelBudget: Int = Image.defaultPixelBudget
  ) throws(ImageError) -> [UInt8] {
    features(of: try Image.decode(bytes, named: name, pixelBudget: pixelBudget, for: self))
  }

  /// Features as the picture that they are.
  ///
  /// - Parameter features: `featureCount` bytes.
  /// - Returns: a picture of this size and colour.
  public func image(of features: [UInt8]) -> Image {
    Image(width: size.width, height: size.height, color: color, pixels: features)
  }
}
