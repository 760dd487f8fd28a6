/// The conversion of images to features. It is stored in the model file, so images are prepared for prediction exactly as
/// they were for training.
public struct Preprocessing: Sendable, Hashable {
  /// The size of every image after preprocessing, in pixels.
  public var size: ImageSize
  /// The handling of images with another aspect ratio.
  public var fit: ResizeMode
  /// The color mode of every image after preprocessing.
  public var color: ColorMode

  /// Creates a preprocessing to a rectangular size.
  ///
  /// - Parameters:
  ///   - size: the width and height in pixels.
  ///   - fit: the handling of images with another aspect ratio.
  ///   - color: the color mode.
  public init(size: ImageSize, fit: ResizeMode = .crop, color: ColorMode = .rgb) {
    self.size = size
    self.fit = fit
    self.color = color
  }

  /// Creates a preprocessing to a square size.
  ///
  /// - Parameters:
  ///   - imageSize: the number of columns and rows; must be > 0.
  ///   - fit: the handling of images with another aspect ratio.
  ///   - color: the color mode.
  public init(imageSize: Int = 64, fit: ResizeMode = .crop, color: ColorMode = .rgb) {
    self.init(size: ImageSize(imageSize), fit: fit, color: color)
  }

  /// The length of a feature vector: `width x height x channels`.
  public var featureCount: Int { size.width * size.height * color.channelCount }

  /// Returns the features of an image, converted to ``color``, cropped or padded according to ``fit``, and resized.
  ///
  /// - Parameter image: an image of any size and color mode.
  /// - Returns: ``featureCount`` samples from 0 to 255 in row-major order, channel last.
  public func features(of image: Image) -> [UInt8] {
    [UInt8](unsafeUninitializedCapacity: featureCount) { features, initialized in
      FeatureWorkspace().write(image, for: self, into: UnsafeMutableBufferPointer(rebasing: features[..<featureCount]))
      initialized = featureCount
    }
  }

  /// Reads an image file and returns its features, as ``features(of:)`` for the decoded image. A JPEG that is much
  /// larger than ``size`` is decoded at 1/2, 1/4 or 1/8 of its size, if at least 3 times the target sides remain. This
  /// changes features by less than one level on average.
  ///
  /// - Parameters:
  ///   - path: the file.
  ///   - pixelBudget: the largest declared `width x height` to decode.
  /// - Returns: ``featureCount`` samples.
  /// - Throws: `FileError` if the file cannot be read; ``ImageError`` if it is not a complete, supported image.
  public func features(ofFile path: String, pixelBudget: Int = Image.defaultPixelBudget) throws -> [UInt8] {
    try [UInt8](unsafeUninitializedCapacity: featureCount) { features, initialized in
      let row = UnsafeMutableBufferPointer(rebasing: features[..<featureCount])
      try FeatureWorkspace().read(path, pixelBudget: pixelBudget, for: self, into: row)
      initialized = featureCount
    }
  }

  /// Decodes an image file in memory and returns its features, in the same way as ``features(ofFile:pixelBudget:)``.
  ///
  /// - Parameters:
  ///   - bytes: the complete file.
  ///   - name: the name of the file in error messages.
  ///   - pixelBudget: the largest declared `width x height` to decode.
  /// - Returns: ``featureCount`` samples.
  /// - Throws: ``ImageError`` if the bytes are not a complete image in a supported format.
  public func features(
    decoding bytes: [UInt8], named name: String, pixelBudget: Int = Image.defaultPixelBudget
  ) throws(ImageError) -> [UInt8] {
    features(of: try Image.decode(bytes, named: name, pixelBudget: pixelBudget, for: self))
  }

  /// Returns the image that consists of the given features.
  ///
  /// - Parameter features: ``featureCount`` samples.
  /// - Returns: an image with the size and color mode of this preprocessing.
  public func image(of features: [UInt8]) -> Image {
    Image(width: size.width, height: size.height, color: color, pixels: features)
  }
}
