import PerceptCluster
import PerceptFeatures
import PerceptIO
import PerceptImages
import PerceptLinearAlgebra
import Synchronization

/// Decodes image files in parallel on all cores, one file per row.
final class ImageLoader: RowLoader, @unchecked Sendable {
  let files: [CacheManifest.File]
  private let source: DataSource
  private let examples: [Example]
  let preprocessing: Preprocessing
  private let reader: FeatureReader
  private let progress: (@Sendable (Int, Int) -> Void)?
  private let cancellation: Cancellation?
  private let state = Mutex((done: 0, reasons: [Int: String](), animations: Set<Int>(), failure: (any Error)?.none))
  /// An earlier cache file and, for each row, the row of that file with the features of the same unchanged image, if any.
  private var earlier: (file: CacheFile, keys: [UInt32], animations: Set<Int>, rows: [Int?])?
  var shares: RowShares?
  /// One key for each row, which only the thread of that row writes.
  private let keyMemory: UnsafeMutableBufferPointer<UInt32>

  init(
    _ examples: [Example], of source: DataSource, preprocessing: Preprocessing, isCached: Bool,
    progress: (@Sendable (Int, Int) -> Void)?, cancellation: Cancellation?
  ) {
    self.source = source
    self.examples = examples
    self.preprocessing = preprocessing
    reader = FeatureReader(preprocessing)
    self.progress = progress
    self.cancellation = cancellation
    keyMemory = .allocate(capacity: examples.count)
    keyMemory.initialize(repeating: 0)
    files = (isCached ? examples : []).map {
      CacheManifest.File(path: $0.file, stamp: FileStamp($0.file), label: $0.label, split: $0.split)
    }
  }

  deinit { keyMemory.deallocate() }

  var rows: Int { examples.count }

  /// The reasons of the rows whose images could not be read.
  var reasons: [Int: String] { state.withLock { $0.reasons } }
  var skipped: [Int] { reasons.keys.sorted() }
  var animations: [Int] { state.withLock { $0.animations.sorted() } }
  var keys: [UInt32] { Array(keyMemory) }

  func fill(_ rows: Range<Int>, into memory: RowMemory) throws {
    if rows.lowerBound == 0 { state.withLock { $0 = (0, [:], [], nil) } }
    let shares = shares
    let total =
      earlier.map { $0.rows.count { $0 == nil } } ?? shares.map { rows.count(where: $0.isOwn) } ?? examples.count
    concurrently(rows.count) { index in
      let row = rows.lowerBound + index
      guard shares?.isOwn(row) ?? true else { return }
      let target = memory.row(index, of: rows.count)
      if let earlier = self.earlier, let old = earlier.rows[row] {
        earlier.file.copyRow(old, into: target)
        self.keyMemory[row] = earlier.keys[old]
        if earlier.animations.contains(old) { self.state.withLock { _ = $0.animations.insert(row) } }
        return
      }
      self.decode(row, into: target)
      self.state.withLock { state in
        guard state.failure == nil else { return }
        state.done += 1
        self.progress?(state.done, total)
      }
    }
    _ = try checkedReasons()
    if let shares { gather(shares) }
    let reasons = reasons
    if rows.upperBound == examples.count, reasons.count == examples.count {
      let first = reasons[0].map { "\(examples[0].file): \($0)" }
      throw DatasetError.nothingReadable(path: source.path, example: first)
    }
  }

  /// Completes keys, reasons and animations by those of other ranks.
  private func gather(_ shares: RowShares) {
    var keys = keys
    shares.complete(&keys)
    _ = keyMemory.update(from: keys)
    let found = state.withLock { state in
      state.reasons.map { "\($0.key) \($0.value)" } + state.animations.map { "\($0)" }
    }
    let all = shares.cluster.gather(found.joined(separator: "\0"))
    state.withLock { state in
      for entry in all.flatMap({ $0.split(separator: "\0") }) {
        let parts = entry.split(separator: " ", maxSplits: 1)
        guard let row = Int(parts[0]) else { continue }
        if parts.count == 2 { state.reasons[row] = String(parts[1]) } else { state.animations.insert(row) }
      }
    }
  }

  func accepts(_ earlier: CacheFile) throws -> Bool {
    state.withLock { $0.animations = Set(earlier.animations) }
    let rows = earlier.skipped
    concurrently(rows.count) { index in
      var features = [UInt8](repeating: 0, count: self.columns)
      let none = UnsafeMutableBufferPointer<UInt8>(start: nil, count: 0)
      features.withUnsafeMutableBufferPointer {
        self.decode(rows[index], into: RowMemory(features: $0, thumbnails: none))
      }
    }
    return try checkedReasons().count == rows.count
  }

  /// Returns ``reasons``. Throws the error that stopped reading, if there was one.
  private func checkedReasons() throws -> [Int: String] {
    let (reasons, failure) = state.withLock { ($0.reasons, $0.failure) }
    if let failure { throw failure }
    return reasons
  }

  func reuse(_ earlier: CacheFile) {
    guard let manifest = CacheManifest(decoding: earlier.manifestBytes), manifest.files.count == earlier.layout.rows
    else { return }
    let skipped = Set(earlier.skipped)
    var rows: [Source: Int] = [:]
    for (row, file) in manifest.files.enumerated() where !skipped.contains(row) { rows[Source(file)] = row }
    guard let now = try? CacheManifest(of: source, files: files, preprocessing: preprocessing) else { return }
    self.earlier = (earlier, earlier.keys, Set(earlier.animations), now.files.map { rows[Source($0)] })
  }

  /// A file at a path, with the size and times that identify its content.
  private struct Source: Hashable {
    let path: String
    let stamp: FileStamp?

    init(_ file: CacheManifest.File) {
      path = file.path
      stamp = file.stamp
    }
  }

  /// Decodes the file of a row into `target`, or records why it cannot be read. After a failure, does nothing.
  private func decode(_ row: Int, into target: RowMemory) {
    if state.withLock({ $0.failure != nil }) { return }
    let result = Result {
      try cancellation?.check()
      return try reader.read(examples[row].file, into: target.features, thumbnail: target.thumbnails)
    }
    if case .success(let facts) = result { keyMemory[row] = facts.key }
    state.withLock { state in
      do { state.reasons[row] = try reasonToSkip(result) } catch { state.failure = error }
      if case .success(let facts) = result, facts.isAnimation { state.animations.insert(row) }
    }
  }
}

/// Returns why a file is skipped, without its name: because it cannot be read, or is not an image; nil if neither. Throws
/// any other error, such as one of the system or of the extractor: it says nothing about the file.
func reasonToSkip<Success>(_ result: Result<Success, any Error>) throws -> String? {
  do {
    _ = try result.get()
    return nil
  } catch let error as FileError where !error.reason.isSystemFailure {
    return "\(error.reason)"
  } catch let error as ImageError where error.reason != .outOfMemory {
    return "\(error.reason)"
  }
}
