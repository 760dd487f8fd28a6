import PerceptIO

/// The labeled images at a path, and how they were found.
struct Listing {
  var content: DataSource.Content
  /// The class folders without files.
  private(set) var emptyClasses: [String] = []
  private(set) var ignored: [String] = []
  var draw: SplitDraw?
  private(set) var notes: [String] = []
  private(set) var warnings: [String] = []

  /// Lists the images in a folder or an archive, a label file, or IDX files without opening them.
  init(_ path: String, classes: ClassSelection) throws {
    switch FileSystem.isArchive(path) ? .folder : FileSystem.kind(of: path) {
    case nil:
      _ = try FileSystem.size(of: path)  // throws the error of the system
      throw FileError(path, .notFound)
    case .folder:
      if let idx = try IDXImages.all(inFolder: path) {
        content = .idx(idx)
      } else if let entries = try LabeledFiles.entries(in: Folder(path)) {
        content = .files(entries)
      } else {
        let folder = try FolderListing(path, classes: classes)
        content = .files(folder.entries)
        (emptyClasses, ignored) = (folder.emptyClasses, folder.ignored)
        (notes, warnings) = (folder.notes, folder.warnings)
      }
    case .file, .other:
      if try IDXImages.isIDX(path) {
        content = .idx([try IDXImages(imagesFile: path, split: nil)])
      } else {
        let file = try LabelFile.read(path)
        content = .files(file.rows.filter { $0.decision != LabelDecision.leaveOut.rawValue }.map(\.entry))
        (draw, warnings) = (file.draw, file.warnings)
      }
    }
    if let split = content.loneSplit {
      notes.append("All images are in the split \"\(split.rawValue)\", so the data counts as not split.")
    }
  }
}
