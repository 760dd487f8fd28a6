public import PerceptFeatures
import PerceptIO
import PerceptImages

/// The location of labeled images: a folder of class folders, an archive, a label file, or IDX files. Creating a source
/// lists the images without opening them.
///
/// | path | content |
/// |---|---|
/// | a folder `CLASS/…` | one folder per class, with images at any depth |
/// | a folder `train/CLASS/…` with `test/CLASS/…` or `val/CLASS/…` | the same, already split |
/// | a ZIP or tar archive, also `.tar.gz` and `.tar.zst` | the same as in a folder |
/// | an NPZ file | the arrays `train_images` and `train_labels`, and the same with `val` and `test` |
/// | a folder or archive with `x.jpg` and `x.cls`, `x.json` or `x.txt` | images beside their labels, as in WebDataset |
/// | a folder of such archives | the shards of a WebDataset; names such as `train-000000.tar` are splits |
/// | a CSV or JSON Lines file | `file`, `label`, and optionally `split` of each image |
/// | an IDX file of images, or a folder of them | its labels file is beside it; `train-…` and `t10k-…` are splits |
///
/// The word for a split can be part of a name, as in `training_set` or `seg_test`. If only one split exists, the data
/// counts as not split. Names that begin with a dot and those of system files such as `Thumbs.db`, `@eaDir`, or
/// `__MACOSX` are ignored. Classes are in alphabetical order unless a selection sets another order.
public struct DataSource: Sendable {
  struct Entry: Sendable, Equatable {
    let file: String
    let label: String
    let split: Split?
  }

  enum Content: Sendable {
    case files([Entry])
    case idx([IDXImages])

    /// The split that all images are in, if any.
    var loneSplit: Split? {
      let splits: Set<Split?> =
        switch self {
        case .files(let entries): Set(entries.map(\.split))
        case .idx(let pairs): Set(pairs.map(\.split))
        }
      guard splits.count == 1, let split = splits.first else { return nil }
      return split
    }

    /// The same content without splits.
    var unsplit: Content {
      switch self {
      case .files(let entries): .files(entries.map { Entry(file: $0.file, label: $0.label, split: nil) })
      case .idx(let pairs): .idx(pairs.map(\.unsplit))
      }
    }

    /// The number of images with each label.
    var counts: [String: Int] {
      var counts: [String: Int] = [:]
      switch self {
      case .files(let entries): for entry in entries { counts[entry.label, default: 0] += 1 }
      case .idx(let pairs): for pair in pairs { for label in pair.labels { counts[String(label), default: 0] += 1 } }
      }
      return counts
    }
  }

  /// Whether every image is a file of its own; false for IDX files.
  public var hasFiles: Bool {
    if case .files = content { true } else { false }
  }

  /// The path that the source was created with.
  public let path: String
  /// The names of the classes, indexed by the labels of the examples.
  public let classNames: [String]
  /// The labels that the class selection leaves out, with the number of images of each.
  public let leftOut: [String: Int]

  /// The names of files and folders beside the class folders or split folders that are not part of the data.
  public let ignored: [String]

  /// How the test split was drawn, if a label file that Percept wrote says so.
  public let draw: SplitDraw?
  /// How the data was read, where that is not obvious, such as that a folder inside the given one was read.
  public let notes: [String]
  /// Sentences about what looks like a split but is not used as one, such as a folder `test` without class folders.
  public let warnings: [String]

  let content: Content
  /// The selected labels of the data, with the index of the class of each.
  let classIndex: [String: Int]

  /// Lists the images at a path.
  ///
  /// - Parameters:
  ///   - path: a folder, a label file, or an IDX file.
  ///   - classes: the labels that become classes.
  ///   - labels: a label file whose labels replace those of the images that it lists. Images with the decision `leave-out`
  ///     are left out. If Percept drew the test split of this file, its splits are used. No file is changed.
  /// - Throws: ``FileError`` if nothing exists at the path, ``DatasetError`` if it is not data, lacks a selected class,
  ///   or has fewer than two classes.
  public init(_ path: String, classes: ClassSelection = .all, labels: String? = nil) throws {
    var listing = try Listing(path, classes: classes)
    if let labels {
      let corrections = try LabelFile.read(labels)
      listing.content = try listing.content.corrected(
        by: corrections, from: labels, classes: classes, emptyClasses: listing.emptyClasses)
      listing.draw = listing.draw ?? corrections.draw
    }
    let counts = listing.content.counts
    let resolved = try classes.resolve(Set(counts.keys).union(listing.emptyClasses))
    if classes.modelClasses == nil {
      for name in listing.emptyClasses where counts[name] == nil && resolved.index[name] != nil {
        throw DatasetError.emptyClass(name: name, path: path)
      }
      guard resolved.names.count >= 2 else {
        throw DatasetError.tooFewClasses(
          found: resolved.names, leftOut: counts.keys.filter { resolved.index[$0] == nil }.sorted(), path: path)
      }
    }
    self.path = path
    content = listing.content.loneSplit == nil ? listing.content : listing.content.unsplit
    (ignored, draw, notes, warnings) = (listing.ignored, listing.draw, listing.notes, listing.warnings)
    classNames = resolved.names
    classIndex = resolved.index
    leftOut = counts.filter { resolved.index[$0.key] == nil }
  }

  /// The default preprocessing: 64 x 64 pixels, cropped, in color. Images in IDX files keep their size and stay gray, and
  /// those in NPZ files keep their size and color mode.
  public var defaultPreprocessing: Preprocessing {
    switch content {
    case .files(let entries):
      Self.imageOfArray(entries, in: path).map { Preprocessing(size: $0.size, fit: .crop, color: $0.color) }
        ?? Preprocessing()
    case .idx(let parts): Preprocessing(size: parts[0].size, fit: .crop, color: .gray)
    }
  }

  /// Returns the first image of an NPZ file, all of whose images have its size; nil for other data.
  private static func imageOfArray(_ entries: [Entry], in path: String) -> Image? {
    guard path.lowercased().hasSuffix(".npz"), FileSystem.isArchive(path), let first = entries.first else { return nil }
    let image = try? Image(contentsOf: first.file)
    return image.flatMap { max($0.width, $0.height) <= ImageSize.largestSide ? $0 : nil }
  }

  /// Returns the default preprocessing for an extractor. `hog` uses 64 x 64 pixels also for images in IDX files. A backbone
  /// has its own size, and needs color: gray images are repeated in three channels.
  package func defaultPreprocessing(_ extractor: FeatureExtractor) -> Preprocessing {
    var preprocessing = defaultPreprocessing
    preprocessing.extractor = extractor
    switch extractor {
    case .pixels: break
    case .hog: preprocessing.size = ImageSize(64)
    case .backbone(let backbone): (preprocessing.size, preprocessing.color) = (backbone.imageSize, .rgb)
    }
    return preprocessing
  }

  /// Returns the index of the class of a label of the data; nil if the selection leaves the label out.
  func classIndex(of label: String) -> Int? { classIndex[label] }

  /// Returns the examples whose labels are selected.
  func examples(of entries: [Entry]) -> [Example] {
    entries.compactMap { entry in
      classIndex[entry.label].map { Example(file: entry.file, label: $0, split: entry.split) }
    }
  }
}
