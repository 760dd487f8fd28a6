package import PerceptIO
public import PerceptFeatures
package import PerceptImages

/// Labeled images as features: a matrix of ``count`` x ``featureCount`` bytes, one example per row. With the default
/// extractor, a feature is the level of one channel of one pixel, 0 ... 255. Subsets share the features, so splitting a
/// dataset copies none.
public struct Dataset: Sendable {
  /// The preprocessing that converted the images to features.
  public let preprocessing: Preprocessing
  /// The names of the classes, indexed by the labels of the examples.
  public let classNames: [String]
  /// The examples, one for each row, in order.
  public let examples: [Example]
  /// The files of the data source that could not be read.
  public let skipped: [SkippedFile]
  /// The number of animations among the files of the data source. Their features are those of the first frame.
  package let animationCount: Int
  let storage: FeatureStorage
  let rows: [Int]

  package init(
    preprocessing: Preprocessing, classNames: [String], examples: [Example], skipped: [SkippedFile] = [],
    animationCount: Int = 0, storage: FeatureStorage, rows: [Int]
  ) {
    precondition(examples.count == rows.count && storage.columns == preprocessing.featureCount)
    precondition(storage.keys.count == storage.rows)
    precondition(preprocessing.extractor == .pixels || storage.thumbnails != nil)
    self.preprocessing = preprocessing
    self.classNames = classNames
    self.examples = examples
    self.skipped = skipped
    self.animationCount = animationCount
    self.storage = storage
    self.rows = rows
  }

  /// Creates a dataset from pixels in memory.
  ///
  /// - Parameters:
  ///   - features: one array of `preprocessing.featureCount` bytes for each example.
  ///   - examples: the file and label of each example.
  ///   - classNames: the names of the classes.
  ///   - preprocessing: the preprocessing that produced the features, without an extractor.
  /// - Throws: ``DatasetError`` if the numbers of arrays and examples differ, an array has another length, a label is
  ///   not an index into `classNames`, or the features do not fit into memory.
  public init(
    features: [[UInt8]], examples: [Example], classNames: [String], preprocessing: Preprocessing
  ) throws {
    let columns = preprocessing.featureCount
    guard preprocessing.extractor == .pixels else {
      throw DatasetError.inconsistent(
        problem: "\(preprocessing.extractor.name) features need the images that they are computed from")
    }
    guard features.count == examples.count, features.allSatisfy({ $0.count == columns }) else {
      throw DatasetError.inconsistent(
        problem: "expected \(examples.count) feature vectors of \(columns) bytes, one for each example")
    }
    guard examples.allSatisfy({ classNames.indices.contains($0.label) }) else {
      throw DatasetError.inconsistent(problem: "labels must be in 0 ..< \(classNames.count), the number of classes")
    }
    let storage = try FeatureStorage(rows: features.count, columns: columns) { memory in
      for (row, bytes) in features.enumerated() {
        _ = memory.row(row, of: features.count).features.update(from: bytes)
      }
      return features.map { $0.withUnsafeBytes(Fingerprint.key) }
    }
    self.init(
      preprocessing: preprocessing, classNames: classNames, examples: examples, storage: storage,
      rows: Array(features.indices))
  }

  /// The number of examples.
  public var count: Int { examples.count }

  /// The number of features of each example.
  public var featureCount: Int { preprocessing.featureCount }

  /// The number of examples of each class, in the order of ``classNames``. O(``count``).
  public var classCounts: [Int] {
    var counts = Array(repeating: 0, count: classNames.count)
    for example in examples { counts[example.label] += 1 }
    return counts
  }

  /// Returns the key of the image of an example: 32 bits of a hash of its encoded bytes; of its samples, if it is in an
  /// IDX file; of its features, if the dataset was created from features. The key does not depend on the name of the
  /// file and on the preprocessing. Two different images have the same key with a probability of 2⁻³².
  ///
  /// - Parameter index: the index of the example, 0 ..< ``count``.
  /// - Returns: the key.
  public func key(of index: Int) -> UInt32 { storage.keys[rows[index]] }

  /// Calls `body` with the features of one example.
  ///
  /// - Parameters:
  ///   - index: the index of the example, 0 ..< ``count``.
  ///   - body: a closure that receives ``featureCount`` bytes. The buffer is valid only during the call.
  /// - Returns: the result of `body`.
  /// - Throws: any error that `body` throws.
  public func withFeatures<Result>(
    of index: Int, _ body: (UnsafeBufferPointer<UInt8>) throws -> Result
  ) rethrows -> Result {
    try storage.withRow(rows[index], body)
  }

  /// Throws `FileError` if the features come from a cache file that another process has changed since they were loaded, so
  /// that results computed from them are wrong.
  package func checkUnchanged() throws(FileError) { try storage.checkUnchanged() }

  /// The same examples with pixels as features, for everything that looks at images: this dataset if its features are
  /// pixels, otherwise one of thumbnails, see `Preprocessing.thumbnail`. Shares the memory.
  package var images: Dataset {
    guard let grid = preprocessing.thumbnail, let thumbnails = storage.thumbnails else { return self }
    return Dataset(
      preprocessing: Preprocessing(grid: grid), classNames: classNames, examples: examples, skipped: skipped,
      animationCount: animationCount, storage: thumbnails, rows: rows)
  }

  /// Returns the image of an example: of ``images``.
  package func image(of index: Int) -> Image {
    let images = images
    return images.preprocessing.image(ofSamples: images.withFeatures(of: index, Array.init))
  }

  /// Calls `body` with the addresses of the features of all examples, which are valid only during the call.
  package func withRows<Result>(_ body: (FeatureRows) throws -> Result) rethrows -> Result {
    try rows.withUnsafeBufferPointer { rows in
      try storage.withMemory { memory in try body(FeatureRows(base: memory, rows: rows, columns: featureCount)) }
    }
  }

  /// Returns the dataset with other labels and splits, and without the examples for which `change` returns nil. It shares the
  /// features and keeps ``skipped``. `change` must not return another file.
  package func mapExamples(_ change: (Example) -> Example?) -> Dataset {
    let changed = examples.map(change)
    let kept = changed.indices.filter { changed[$0] != nil }
    return Dataset(
      preprocessing: preprocessing, classNames: classNames, examples: changed.compactMap(\.self), skipped: skipped,
      animationCount: animationCount, storage: storage, rows: kept.map { rows[$0] })
  }

  /// Returns a dataset of the examples at `indices`, in that order. It shares the features and keeps ``skipped``.
  public func subset(_ indices: [Int]) -> Dataset {
    Dataset(
      preprocessing: preprocessing, classNames: classNames, examples: indices.map { examples[$0] },
      skipped: skipped, animationCount: animationCount, storage: storage, rows: indices.map { rows[$0] })
  }
}
