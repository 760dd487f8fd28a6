import PerceptIO

extension Backbone {
  /// The backbone that `scripts/get-backbone` installs by default.
  public static let defaultName = "efficientnet-lite0"

  /// The command that installs a backbone and ONNX Runtime: that of the Debian package, or else that of a checkout.
  package static var installer: String {
    let command = "percept-get-backbone"
    return FileSystem.kind(of: "/usr/bin/" + command) != nil ? command : "scripts/get-backbone"
  }

  /// The folder of installed files: `$XDG_DATA_HOME/percept`, or else `$HOME/.local/share/percept`; nil if neither
  /// variable is an absolute path. Backbones are in its folder `backbones`, ONNX Runtime is in `lib`.
  package static var dataFolder: String? {
    FileSystem.userFolder("XDG_DATA_HOME", inHome: ".local/share").map { FileSystem.path($0, "percept") }
  }

  /// The folder of installed backbones.
  package static var folder: String? { dataFolder.map { FileSystem.path($0, "backbones") } }

  /// The names of the installed backbones, sorted.
  public static var installedNames: [String] {
    let files = folder.flatMap { try? FileSystem.names(inFolder: $0) } ?? []
    return files.filter { $0.hasSuffix(ending) }.map { String($0.dropLast(ending.count)) }.sorted()
  }

  private static let ending = ".onnx"

  /// Loads an installed backbone.
  ///
  /// - Parameter name: its name, such as `efficientnet-lite0`.
  /// - Throws: ``FeatureError`` if there is none of that name, or it cannot be used; `FileError` if it cannot be read.
  public init(installed name: String) throws {
    let installed = Self.installedNames
    guard installed.contains(name), let folder = Self.folder else {
      throw FeatureError.notInstalled(name: name, installed: installed)
    }
    try self.init(contentsOf: FileSystem.path(folder, name + Self.ending))
  }

  /// Loads a backbone from an ONNX file, after checking that it does nothing but compute features. ONNX Runtime is opened
  /// when the first features are computed.
  ///
  /// - Parameter path: the file, of at most 1 GiB. Its metadata may contain `percept.name`, `percept.image_size`, `percept.mean`,
  ///   `percept.std`, and `percept.feature_scale`.
  /// - Throws: `FileError` if the file cannot be read; ``FeatureError`` if it is not an ONNX file that can be used.
  public init(contentsOf path: String) throws {
    let file = FileSystem.name(of: path)
    let name = file.hasSuffix(Self.ending) ? String(file.dropLast(Self.ending.count)) : file
    let start = try FileSystem.prefix(of: path, count: ONNXGraph.startLength)
    do throws(ONNXError) {
      try ONNXGraph.checkStart(start)
    } catch {
      throw FeatureError.unusable(backbone: name, problem: "\(error)")
    }
    guard try FileSystem.size(of: path) <= FileSystem.defaultLimit else {
      throw FileError(path, .tooLarge(limit: FileSystem.defaultLimit))
    }
    try self.init(FileSystem.read(path)[...], named: name)
  }

  /// Finds the backbone that a model refers to, among those in use and those installed. Throws
  /// ``FeatureError/missing(backbone:digest:)`` if there is none with this digest.
  package init(linked digest: String, named name: String, parameters: BackboneParameters) throws(FeatureError) {
    let installed = Self.installedNames.lazy.compactMap { try? Backbone(installed: $0) }
    guard let file = BackboneFile.known(digest) ?? installed.first(where: { $0.digest == digest })?.file else {
      throw .missing(backbone: name, digest: digest)
    }
    try self.init(file, named: name, parameters: parameters)
  }
}
