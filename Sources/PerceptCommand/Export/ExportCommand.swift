import ArgumentParser
import Percept

struct ExportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "export",
    abstract: "Write a model in a format of other programs.",
    discussion: """
      EXAMPLES:
        percept export faces.safetensors -o faces.onnx
        percept export faces.safetensors -o faces.onnx --double
        percept export faces.safetensors -o faces.html

      The end of the file name selects the format:

        .onnx  a graph for ONNX Runtime and other programs. It contains the complete
               network, and takes images that are cropped and resized already.
        .html  a page that classifies images in a browser, without a server. Not for
               models with a pretrained network.

      See Guides/Exporting.md.
      """)

  @Argument(help: "A model file written by percept train.", completion: .file(extensions: ["safetensors"]))
  var model: String

  @Option(
    name: .shortAndLong, help: ArgumentHelp("The file to write.", valueName: "file"),
    completion: .file(extensions: ExportFormat.allCases.map(\.rawValue)))
  var output: String

  @Flag(help: "Compute in 64-bit instead of 32-bit floats (.onnx).")
  var double = false

  @Flag(help: "Replace an existing file.")
  var force = false

  func run() throws {
    let format = try ExportFormat(of: output)
    if double, format != .onnx { throw ValidationError("--double is for files that end in .onnx (got \(output)).") }
    try checkOverwrites(of: [model], by: [output])
    try FileSystem.checkCanWrite(output, replacing: force)
    let classifier = try Classifier(model: model, beside: [])
    try FileSystem.write(format.content(of: classifier, isDouble: double), to: output, replacing: force)
    if format == .onnx, classifier.preprocessing.extractor == .hog {
      Terminal.note(
        "Note: the graph takes the \(classifier.preprocessing.featureCount) HOG features of an image, not its pixels.")
    }
    Terminal.print(output)
  }
}

/// The formats of `percept export`, by the end of the file name.
private enum ExportFormat: String, CaseIterable {
  case onnx, html

  /// Throws ``ExportError/unknownFormat(path:)`` if the path has no ending of a format.
  init(of path: String) throws {
    guard let format = Self.allCases.first(where: { path.lowercased().hasSuffix(".\($0.rawValue)") }) else {
      throw ExportError.unknownFormat(path: path)
    }
    self = format
  }

  func content(of classifier: Classifier, isDouble: Bool) throws -> [UInt8] {
    switch self {
    case .onnx: try classifier.encodedONNX(isDouble: isDouble)
    case .html: Array(try classifier.predictionPage().utf8)
    }
  }
}
