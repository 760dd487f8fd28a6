import FoundationEssentials
import PerceptIO
import PerceptImages

/// Images in one folder with their labels in files beside them, as in WebDataset: `000001.jpg` with `000001.cls`,
/// `000001.json` or `000001.txt`.
enum LabeledFiles {
  /// The endings of label files. If there are several kinds, the first one counts.
  private static let endings = [".cls", ".json", ".txt"]
  /// The keys of the label in a JSON object. The first that exists counts.
  private static let keys = ["label", "cls", "class"]
  /// The largest label file, in bytes.
  private static let largestFile = 1 << 20
  private static let longestLabel = 200

  /// Returns the images in a folder, in the only folder in it, or in the archives in it, which are the shards of a WebDataset;
  /// nil if no image has a label file beside it. Throws `FileError` or ``DatasetError`` if an image has no label, or a label
  /// file is malformed.
  static func entries(in folder: Folder) throws -> [DataSource.Entry]? {
    if let inner = folder.folders.first {
      let isOnly = folder.names.count == 1
      return isOnly ? try entries(inFolder: FileSystem.path(folder.path, inner)) : nil
    }
    return try entries(inFolder: folder.path) ?? entries(inShardsOf: folder)
  }

  /// Returns the images in the archives in a folder; nil if the first archive has no labels. If the name of every archive is
  /// that of a split, such as `train-000000.tar`, the images are in these splits.
  private static func entries(inShardsOf folder: Folder) throws -> [DataSource.Entry]? {
    let shards = folder.names.filter { FileSystem.isArchive(FileSystem.path(folder.path, $0)) }
    guard !shards.isEmpty else { return nil }
    // The temporary file of every archive stays open.
    OpenFiles.raiseLimit(to: OpenFiles.used + OpenFiles.needed + shards.count)
    let splits = shards.map { SplitName($0.prefix { $0 != "." })?.split }
    let areSplit = !splits.contains(nil)
    var entries: [DataSource.Entry] = []
    for (shard, split) in zip(shards, splits) {
      let path = FileSystem.path(folder.path, shard)
      guard let found = try self.entries(in: Folder(path)) else {
        guard let labeled = entries.first else { return nil }
        throw DatasetError.unlabeledArchive(path: path, example: labeled.file)
      }
      entries += found.map { .init(file: $0.file, label: $0.label, split: areSplit ? split : nil) }
    }
    return entries
  }

  private static func entries(inFolder path: String) throws -> [DataSource.Entry]? {
    let names = try FileSystem.names(inFolder: path)
    let all = Set(names)
    let images = names.filter { name in ImageFormat.fileExtensions.contains { name.lowercased().hasSuffix($0) } }
    func labelFile(_ image: String, _ ending: String) -> String { image.prefix { $0 != "." } + ending }
    let ending = endings.first { ending in images.contains { all.contains(labelFile($0, ending)) } }
    guard let ending else { return nil }
    let entries = try images.map { image in
      let (file, name) = (FileSystem.path(path, image), labelFile(image, ending))
      let labelPath = FileSystem.path(path, name)
      guard all.contains(name) else {
        throw DatasetError.malformedLine(path: file, line: 1, problem: "the image has no label: \(name) does not exist")
      }
      let bytes = try FileSystem.read(labelPath, limit: largestFile)
      let label = ending == ".json" ? Self.label(inJSON: bytes) : trimmed(String(decoding: bytes, as: UTF8.self))
      guard let label, isLabel(label) else {
        throw DatasetError.malformedLine(
          path: labelPath, line: 1,
          problem: ending == ".json" ? "expected an object with the key label, cls or class" : "expected one label")
      }
      return DataSource.Entry(file: file, label: label, split: nil)
    }
    let count = Set(entries.map(\.label)).count
    guard ending != ".txt" || count <= max(entries.count / 2, 2) else {
      throw DatasetError.malformedLine(
        path: FileSystem.path(path, labelFile(images[0], ending)), line: 1,
        problem: "expected a label, but \(count) different texts for \(entries.count) images are captions")
    }
    return entries
  }

  private static func label(inJSON bytes: [UInt8]) -> String? {
    let value = try? JSONDecoder().decode(JSONValue.self, from: Data(bytes))
    switch keys.lazy.compactMap({ value?.members[$0] }).first {
    case .text(let label): return trimmed(label)
    case .integer(let number): return String(number)
    default: return nil
    }
  }

  private static func trimmed(_ text: String) -> String {
    String(text.drop(while: \.isWhitespace).reversed().drop(while: \.isWhitespace).reversed())
  }

  private static func isLabel(_ text: String) -> Bool {
    !text.isEmpty && text.utf8.count <= longestLabel && !text.contains { $0.isNewline || $0 == "\0" }
  }
}
