public import PerceptImages

/// The conversion of images to features. It is stored in the model file, so images are prepared for prediction exactly as
/// they were for training.
///
/// An image is first cropped or padded, resized, and converted to a color mode. Then an extractor computes its features.
public struct Preprocessing: Sendable, Hashable {
  package var grid: PixelGrid
  /// The extractor that computes features from pixels.
  public var extractor: FeatureExtractor

  /// The size of every image before features are computed, in pixels.
  public var size: ImageSize {
    get { grid.size }
    set { grid.size = newValue }
  }

  /// The handling of images with another aspect ratio.
  public var fit: ResizeMode {
    get { grid.fit }
    set { grid.fit = newValue }
  }

  /// The color mode of every image before features are computed.
  public var color: ColorMode {
    get { grid.color }
    set { grid.color = newValue }
  }

  /// Creates a preprocessing to a rectangular size.
  ///
  /// - Parameters:
  ///   - size: the width and height in pixels.
  ///   - fit: the handling of images with another aspect ratio.
  ///   - color: the color mode.
  ///   - extractor: the extractor that computes features from pixels.
  public init(
    size: ImageSize, fit: ResizeMode = .crop, color: ColorMode = .rgb, extractor: FeatureExtractor = .pixels
  ) {
    self.init(grid: PixelGrid(size: size, fit: fit, color: color), extractor: extractor)
  }

  /// Creates a preprocessing to a square size.
  ///
  /// - Parameters:
  ///   - imageSize: the number of columns and rows; must be > 0.
  ///   - fit: the handling of images with another aspect ratio.
  ///   - color: the color mode.
  ///   - extractor: the extractor that computes features from pixels.
  public init(
    imageSize: Int = 64, fit: ResizeMode = .crop, color: ColorMode = .rgb, extractor: FeatureExtractor = .pixels
  ) {
    self.init(size: ImageSize(imageSize), fit: fit, color: color, extractor: extractor)
  }

  package init(grid: PixelGrid, extractor: FeatureExtractor = .pixels) {
    self.grid = grid
    self.extractor = extractor
  }

  /// The length of a feature vector. For pixels, it is `width x height x channels`.
  public var featureCount: Int { extractor.featureCount(of: grid) }

  /// Throws ``FeatureError`` if the extractor does not support the size or the color mode.
  public func check() throws(FeatureError) { try extractor.check(grid) }

  /// Opens the backbone, if there is one, and computes the features of one image with it. Throws ``FeatureError`` if it
  /// fails.
  package func warmUp() throws(FeatureError) { try extractor.backbone?.warmUp(grid) }

  /// The pixels that a dataset keeps of each image beside its features, which show what features cannot: the image, scaled
  /// down so that neither side is longer than 64 pixels. Nil if the features are pixels.
  package var thumbnail: PixelGrid? {
    guard extractor != .pixels else { return nil }
    var grid = grid
    grid.size = grid.size.limited(toSide: Self.thumbnailSide)
    return grid
  }

  private static let thumbnailSide = 64

  /// Returns the features of an image, converted to ``color``, cropped or padded according to ``fit``, and resized.
  ///
  /// - Parameter image: an image of any size and color mode.
  /// - Returns: ``featureCount`` bytes. Pixels are in row-major order, channel last.
  /// - Throws: ``FeatureError`` if the extractor fails.
  public func features(of image: Image) throws(FeatureError) -> [UInt8] {
    try features(ofSamples: grid.samples(of: image))
  }

  /// Reads an image file and returns its features, as ``features(of:)`` for the decoded image. A JPEG of at least 256 x 256
  /// pixels is decoded at 1/2, 1/4 or 1/8 of its size if at least 5 times the target sides remain; 12 times if the part
  /// that is used begins or ends inside of a sample. The pixels of photos and of images with frames then differ by at
  /// most 6 of 255 levels, and by at most 1 on average. Those of fine random textures, such as noise, can differ by more.
  ///
  /// - Parameters:
  ///   - path: the file.
  ///   - pixelBudget: the largest declared `width x height` to decode.
  /// - Returns: ``featureCount`` bytes.
  /// - Throws: `FileError` if the file cannot be read; `ImageError` if it is not a complete, supported image;
  ///   ``FeatureError`` if the extractor fails.
  public func features(ofFile path: String, pixelBudget: Int = Image.defaultPixelBudget) throws -> [UInt8] {
    let samples = try samples(ofFile: path, pixelBudget: pixelBudget)
    do throws(FeatureError) {
      return try features(ofSamples: samples)
    } catch {
      throw error.naming(path)
    }
  }

  /// Decodes an image file in memory and returns its features, in the same way as ``features(ofFile:pixelBudget:)``.
  ///
  /// - Parameters:
  ///   - bytes: the complete file.
  ///   - name: the name of the file in error messages.
  ///   - pixelBudget: the largest declared `width x height` to decode.
  /// - Returns: ``featureCount`` bytes.
  /// - Throws: `ImageError` if the bytes are not a complete image in a supported format; ``FeatureError`` if the
  ///   extractor fails.
  public func features(
    decoding bytes: [UInt8], named name: String, pixelBudget: Int = Image.defaultPixelBudget
  ) throws -> [UInt8] {
    try features(ofSamples: samples(decoding: bytes, named: name, pixelBudget: pixelBudget))
  }
}

extension Preprocessing {
  /// Returns the features of an image from the samples of its pixels.
  package func features(ofSamples samples: [UInt8]) throws(FeatureError) -> [UInt8] {
    if extractor == .pixels { return samples }
    var features = [UInt8](repeating: 0, count: featureCount)
    try features.withUnsafeMutableBufferPointer { (features) throws(FeatureError) in
      try samples.withUnsafeBufferPointer { (samples) throws(FeatureError) in
        try extractor.write(samples, of: grid, into: features)
      }
    }
    return features
  }

  /// Returns the samples of the pixels of an image file.
  package func samples(ofFile path: String, pixelBudget: Int = Image.defaultPixelBudget) throws -> [UInt8] {
    try [UInt8](unsafeUninitializedCapacity: grid.sampleCount) { samples, initialized in
      let row = UnsafeMutableBufferPointer(rebasing: samples[..<grid.sampleCount])
      try PixelWorkspace().read(path, pixelBudget: pixelBudget, for: grid, into: row)
      initialized = grid.sampleCount
    }
  }

  /// Returns the samples of the pixels of an encoded image.
  package func samples(
    decoding bytes: [UInt8], named name: String, pixelBudget: Int = Image.defaultPixelBudget
  ) throws(ImageError) -> [UInt8] {
    grid.samples(of: try Image.decode(bytes, named: name, pixelBudget: pixelBudget, for: grid))
  }

  /// Returns the image that consists of the given samples, `width x height x channels`.
  package func image(ofSamples samples: [UInt8]) -> Image { grid.image(of: samples) }
}
