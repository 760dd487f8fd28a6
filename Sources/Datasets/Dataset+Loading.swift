import Files
public import Images
import LinearAlgebra
import Synchronization

extension Dataset {
  /// All pictures of a folder of class folders, of a label file, or of IDX files, as features.
  ///
  /// Files that cannot be read are left aside and listed in ``skipped``.
  ///
  /// - Parameters:
  ///   - path: the folder (or one of the other kinds that ``DataSource`` lists).
  ///   - preprocessing: how pictures become features; by default ``DataSource/defaultPreprocessing``.
  /// - Throws: ``FileError`` when there is nothing at the path, ``DatasetError`` when it is not usable data.
  public init(imageFolder path: String, preprocessing: Preprocessing? = nil) throws {
    try self.init(DataSource(path), preprocessing: preprocessing)
  }

  /// All pictures of a source, decoded on all cores; the examples stand in the order of the listing.
  ///
  /// - Parameters:
  ///   - source: where the pictures are.
  ///   - preprocessing: how pictures become features; by default the source's own way.
  ///   - progress: called, from any thread, one call at a time, with how many of how many files are done.
  /// - Throws: ``DatasetError`` when not one picture can be read, an IDX file is damaged, or memory does not suffice.
  public init(
    _ source: DataSource, preprocessing: Preprocessing? = nil, progress: (@Sendable (Int, Int) -> Void)? = nil
  ) throws {
    let preprocessing = preprocessing ?? source.defaultPreprocessing
    switch source.content {
    case .files(let entries):
      self = try Self.decoded(entries, of: source, preprocessing: preprocessing, progress: progress)
    case .idx(let parts):
      self = try Self.copied(parts, of: source, preprocessing: preprocessing)
    }
    guard !examples.isEmpty else {
      throw DatasetError.nothingReadable(path: source.path, example: skipped.first.map { "\($0.file): \($0.reason)" })
    }
  }

  private static func decoded(
    _ entries: [DataSource.Entry], of source: DataSource, preprocessing: Preprocessing,
    progress: (@Sendable (Int, Int) -> Void)?
  ) throws -> Dataset {
    let chosen = source.examples(of: entries)
    let columns = preprocessing.featureCount
    let reader = FeatureReader(preprocessing)
    let state = Mutex((done: 0, reasons: [Int: String]()))
    let storage = try PixelStorage(rows: chosen.count, columns: columns) { memory in
      nonisolated(unsafe) let memory = memory
      concurrently(chosen.count) { row in
        let reason = decode(
          chosen[row].file, reader,
          into: UnsafeMutableBufferPointer(rebasing: memory[row * columns..<(row + 1) * columns]))
        state.withLock { state in
          state.done += 1
          state.reasons[row] = reason
          progress?(state.done, chosen.count)
        }
      }
    }
    let reasons = state.withLock { $0.reasons }
    let rows = chosen.indices.filter { reasons[$0] == nil }
    return Dataset(
      preprocessing: preprocessing, classNames: source.classNames, examples: rows.map { chosen[$0] },
      skipped: reasons.sorted { $0.key < $1.key }.map { SkippedFile(file: chosen[$0.key].file, reason: $0.value) },
      pixels: storage, rows: rows)
  }

  /// Puts the features of a file into its row; gives the reason where that cannot be.
  private static func decode(
    _ file: String, _ reader: FeatureReader, into row: UnsafeMutableBufferPointer<UInt8>
  ) -> String? {
    do {
      try checkIsRegular(file)
      try reader.read(file, into: row)
      return nil
    } catch {
      return reason(of: error)
    }
  }

  private static func copied(
    _ parts: [IDXPictures], of source: DataSource, preprocessing: Preprocessing
  ) throws -> Dataset {
    let columns = preprocessing.featureCount
    let count = parts.reduce(0) { $0 + $1.labels.count { source.classIndex(of: String($0)) != nil } }
    var examples: [Example] = []
    examples.reserveCapacity(count)
    let storage = try PixelStorage(rows: count, columns: columns) { memory in
      for part in parts {
        let isUnchanged = preprocessing.size == part.size && preprocessing.color == .gray
        try part.forEach { index, label, pixels in
          guard let label = source.classIndex(of: String(label)) else { return }
          let row = UnsafeMutableBufferPointer(
            rebasing: memory[examples.count * columns..<(examples.count + 1) * columns])
          if isUnchanged {
            _ = row.update(from: pixels)
          } else {
            let picture = Image(width: part.size.width, height: part.size.height, color: .gray, pixels: Array(pixels))
            _ = row.update(from: preprocessing.features(of: picture))
          }
          examples.append(Example(file: "\(part.file)#\(index)", label: label, part: part.part))
        }
      }
    }
    return Dataset(
      preprocessing: preprocessing, classNames: source.classNames, examples: examples, pixels: storage,
      rows: Array(examples.indices))
  }
}

/// Refuses pipes and devices in a listing: reading one might never end.
func checkIsRegular(_ file: String) throws(FileError) {
  if Files.kind(of: file) == .other { throw FileError(file, .unreadable("not a regular file")) }
}

/// What an error says, without the file's name.
func reason(of error: any Error) -> String {
  switch error {
  case let error as FileError: "\(error.reason)"
  case let error as ImageError: "\(error.reason)"
  default: "\(error)"
  }
}
