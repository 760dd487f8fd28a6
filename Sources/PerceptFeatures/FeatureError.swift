import PerceptIO
public import PerceptImages

/// An error of an extractor, or of a preprocessing that it does not support.
public enum FeatureError: Error, Equatable, CustomStringConvertible {
  /// The extractor needs larger images.
  case tooSmall(extractor: String, size: ImageSize, smallest: Int)
  /// No backbone with this name is installed.
  case notInstalled(name: String, installed: [String])
  /// The backbone with this digest, which a model refers to, is not installed.
  case missing(backbone: String, digest: String)
  /// The backbone needs images in color.
  case needsColor(backbone: String)
  /// The backbone accepts images of one size only.
  case fixedSize(backbone: String, size: ImageSize, got: ImageSize)
  /// The sides of images must be multiples of a number.
  case sizeMultiple(backbone: String, multiple: Int, got: ImageSize)
  /// The file cannot be used as a backbone.
  case unusable(backbone: String, problem: String)
  /// The metadata of the file has a value that is malformed or out of range.
  case malformedMetadata(backbone: String)
  /// ONNX Runtime cannot be opened.
  case noRuntime(backbone: String, words: String)
  /// The features that a backbone computes of an image are not finite numbers. The image is nil if it is not a file.
  case notFinite(backbone: String, image: String?)
  /// ONNX Runtime failed.
  case failed(backbone: String, words: String)

  /// What is wrong, and how to fix it.
  public var description: String {
    switch self {
    case .tooSmall(let extractor, let size, let smallest):
      "\(extractor) features need images of at least \(smallest) x \(smallest) pixels (got \(size))"
    case .notInstalled(let name, let installed): Self.words(notInstalled: name, installed)
    case .missing(let backbone, let digest):
      "the model refers to the backbone \(backbone) with the SHA-256 digest \(digest.prefix(16))…, which is not "
        + "installed; install it, or train the model without --link-backbone"
    case .needsColor(let backbone):
      "\(backbone) needs images in color, which is the default; gray images are used as they are"
    case .fixedSize(let backbone, let size, let got):
      "\(backbone) accepts only images of \(size) pixels, its default (got \(got))"
    case .sizeMultiple(let backbone, let multiple, let got):
      "\(backbone) needs images whose sides are multiples of \(multiple) pixels (got \(got))"
    case .unusable(let backbone, let problem): "\(backbone) cannot be used as a backbone: \(problem)"
    case .malformedMetadata(let backbone):
      "\(backbone) cannot be used as a backbone: its metadata is malformed; percept.mean and percept.std must be one number "
        + "or three, percept.feature_scale a number > 0, percept.image_size a size such as 224 or 320x256, percept.size_multiple a number from 1 to 1024, "
        + "percept.name (or else the name of the file) one line of at most 255 bytes"
    case .noRuntime(let backbone, let words):
      "\(backbone) needs ONNX Runtime, which cannot be opened (\(words)); run \(Backbone.installer), or install the "
        + "Debian package libonnxruntime1.21"
    case .notFinite(let backbone, let image):
      "\(image.map { "\($0): " } ?? "")\(backbone) computes features that are not finite numbers; use another image or backbone"
    case .failed(let backbone, let words): "\(backbone): ONNX Runtime failed: \(words)"
    }
  }

  /// Returns the error with the image file that it is about.
  func naming(_ image: String) -> FeatureError {
    if case .notFinite(let backbone, nil) = self { .notFinite(backbone: backbone, image: image) } else { self }
  }

  private static func words(notInstalled name: String, _ installed: [String]) -> String {
    let known = ["pixels", "hog"] + installed
    let similar = suggestion(for: name, among: known).map { " (did you mean \($0)?)" } ?? ""
    let way = installed.isEmpty ? "; \(Backbone.installer) installs \(Backbone.defaultName)" : ""
    return "there are no features named \"\(name)\"\(similar); available: \(known.joined(separator: ", ")), "
      + "or the path of an .onnx file\(way)"
  }
}
