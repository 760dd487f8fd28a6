/// An error of the export of a model.
public enum ExportError: Error, Equatable, CustomStringConvertible {
  /// The file name does not end in `.onnx` or `.html`.
  case unknownFormat(path: String)
  /// A web page cannot run a backbone.
  case backboneInPage(backbone: String)
  /// The model is too large for the format.
  case tooLarge(bytes: Int, limit: Int, format: String)
  /// The operators of a backbone are too old to compute features with.
  case operatorSet(backbone: String, found: Int64, smallest: Int64)

  /// What is wrong, and how to fix it.
  public var description: String {
    switch self {
    case .unknownFormat(let path):
      "\(path): unknown export format; use a file name that ends in .onnx (a graph for other programs) or .html (a page for "
        + "a browser)"
    case .backboneInPage(let backbone):
      "a web page cannot run the pretrained network \(backbone); use a file name that ends in .onnx, which ONNX Runtime "
        + "runs, also in a browser"
    case .tooLarge(let bytes, let limit, let format):
      "the model is too large for \(format): \(bytes) bytes of weights, but at most \(limit) are supported; train it on "
        + "smaller images or with fewer units"
    case .operatorSet(let backbone, let found, let smallest):
      "\(backbone) uses the operators of ONNX version \(found), but the export needs at least \(smallest); export the "
        + "network again with a newer version"
    }
  }
}
