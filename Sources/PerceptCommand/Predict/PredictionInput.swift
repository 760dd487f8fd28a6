import Percept

/// One image that `percept predict` classifies.
struct PredictionInput: Sendable {
  private enum Source {
    case file
    case bytes([UInt8])
  }

  /// The path of the file, or `-` for an image on standard input.
  let name: String
  /// Whether the image was found in a folder. Folders may also contain other files.
  var isInFolder = false
  private let source: Source

  /// The path of the file; nil for an image on standard input.
  var path: String? {
    if case .file = source { name } else { nil }
  }

  init(_ path: String, isInFolder: Bool = false) {
    (name, source, self.isInFolder) = (path, .file, isInFolder)
  }

  private init(standardInput bytes: [UInt8]) { (name, source) = ("-", .bytes(bytes)) }

  /// Returns the images that arguments name: files, the files in folders and archives at any depth, and standard input for
  /// `-`. Throws
  /// `FileError` if a folder or standard input cannot be read, and ``EmptyFolder`` if a folder contains no files.
  static func all(_ arguments: [String]) throws -> [PredictionInput] {
    try arguments.flatMap { argument in
      argument == "-"
        ? try standardInput(FileSystem.readStandardInput(limit: Image.largestFile)) : try inputs(at: argument)
    }
  }

  func prediction(of classifier: Classifier) throws -> Prediction {
    switch source {
    case .file: try classifier.predict(file: name)
    case .bytes(let bytes): try classifier.predict(decoding: bytes, named: "standard input")
    }
  }

  private static func inputs(at path: String) throws -> [PredictionInput] {
    guard FileSystem.kind(of: path) == .folder || FileSystem.isArchive(path) else { return [PredictionInput(path)] }
    let files = try FileSystem.regularFiles(below: path)
    guard !files.isEmpty else { throw EmptyFolder(path: path) }
    return files.map { PredictionInput(FileSystem.path(path, $0), isInFolder: true) }
  }

  private static func standardInput(_ bytes: [UInt8]) throws -> [PredictionInput] {
    guard let paths = paths(in: bytes) else { return [PredictionInput(standardInput: bytes)] }
    return try paths.flatMap(inputs)
  }

  /// Returns the paths in a text, separated by zero bytes if it has any, otherwise by line breaks; nil if the bytes are
  /// not a list of paths. Images contain bytes that texts do not, and SVG and HTML begin with `<`.
  static func paths(in bytes: [UInt8]) -> [String]? {
    let isText = bytes.allSatisfy { $0 >= 32 && $0 != 127 || [0, 9, 10, 13].contains($0) }
    guard isText, let text = String(validating: bytes, as: UTF8.self) else { return nil }
    let paths =
      text.utf8.contains(0)
      ? text.split(separator: "\0").map(String.init) : text.split(whereSeparator: \.isNewline).map(String.init)
    return paths.isEmpty || paths[0].drop(while: \.isWhitespace).hasPrefix("<") ? nil : paths
  }
}

/// A folder without files.
struct EmptyFolder: Error, CustomStringConvertible {
  let path: String

  var description: String { "\(path): contains no files" }
}
