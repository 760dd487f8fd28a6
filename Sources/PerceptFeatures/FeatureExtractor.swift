package import PerceptImages

/// The second step of a ``Preprocessing``: the numbers that a network sees of an image. Every extractor computes bytes from
/// one image alone, with a fixed scale, so no statistics of other images leak between splits.
public enum FeatureExtractor: Sendable, Hashable {
  /// The samples of the pixels.
  case pixels
  /// Histograms of oriented gradients, and a color histogram for color images.
  case hog
  /// The features of a pretrained network.
  case backbone(Backbone)

  /// Returns the features of an installed backbone, such as `efficientnet-lite0`.
  ///
  /// - Throws: ``FeatureError`` if there is none of that name, or it cannot be used; `FileError` if it cannot be read.
  public static func backbone(_ name: String) throws -> FeatureExtractor { .backbone(try Backbone(installed: name)) }

  /// The name on the command line, in model files, and in messages.
  public var name: String {
    switch self {
    case .pixels: "pixels"
    case .hog: "hog"
    case .backbone(let backbone): backbone.name
    }
  }

  /// Returns the extractor of a name that needs no file: `pixels` or `hog`; nil for any other name.
  public init?(builtIn name: String) {
    guard let extractor = [FeatureExtractor.pixels, .hog].first(where: { $0.name == name }) else { return nil }
    self = extractor
  }

  /// The text that identifies the extractor with everything that its features depend on.
  package var identity: String {
    if case .backbone(let backbone) = self { return backbone.identity }
    return name
  }

  /// Returns the extractor of a name: `pixels`, `hog`, the name of an installed backbone, or the path of an ONNX file.
  ///
  /// - Throws: ``FeatureError`` if there is no such extractor, or its file cannot be used; `FileError` if the file cannot
  ///   be read.
  public init(named name: String) throws {
    if let extractor = FeatureExtractor(builtIn: name) {
      self = extractor
    } else if name.hasSuffix(".onnx") {
      self = .backbone(try Backbone(contentsOf: name))
    } else {
      self = .backbone(try Backbone(installed: name))
    }
  }

  /// The byte of a feature that is 0.
  package var zero: UInt8 { backbone?.parameters.zero ?? 0 }

  /// The backbone; nil for other extractors.
  public var backbone: Backbone? {
    if case .backbone(let backbone) = self { return backbone }
    return nil
  }

  /// The number of features of an image.
  package func featureCount(of grid: PixelGrid) -> Int {
    switch self {
    case .pixels: grid.sampleCount
    case .hog: HOG(grid: grid).featureCount
    case .backbone(let backbone): backbone.featureCount
    }
  }

  /// Computes the features of an image from its samples. Throws as ``check(_:)``, and if a backbone fails.
  package func write(
    _ samples: UnsafeBufferPointer<UInt8>, of grid: PixelGrid, into features: UnsafeMutableBufferPointer<UInt8>
  ) throws(FeatureError) {
    try check(grid)
    precondition(samples.count == grid.sampleCount && features.count == featureCount(of: grid))
    guard let source = samples.baseAddress, let target = features.baseAddress else { return }
    switch self {
    case .pixels: target.update(from: source, count: samples.count)
    case .hog: HOG(grid: grid).write(source, into: target)
    case .backbone(let backbone): try backbone.write(samples, of: grid, into: features)
    }
  }
}

extension FeatureExtractor {
  /// Throws if the extractor does not support the size or the color mode of the pixels.
  package func check(_ grid: PixelGrid) throws(FeatureError) {
    switch self {
    case .pixels: break
    case .hog:
      let smallest = 2 * HOG.cellSide
      if min(grid.size.width, grid.size.height) < smallest {
        throw .tooSmall(extractor: name, size: grid.size, smallest: smallest)
      }
    case .backbone(let backbone): try backbone.check(grid)
    }
  }
}
