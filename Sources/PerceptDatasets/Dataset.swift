import PerceptIO
public import PerceptImages

/// Labeled images as features: a matrix of ``count`` x ``featureCount`` bytes, one example per row. A feature is the
/// level of one channel of one pixel, 0 ... 255. Subsets share the pixels, so splitting a dataset copies none.
public struct Dataset: Sendable {
  /// The preprocessing that converted the images to features.
  public let preprocessing: Preprocessing
  /// The names of the classes, indexed by the labels of the examples.
  public let classNames: [String]
  /// The examples, one for each row, in order.
  public let examples: [Example]
  /// The files of the data source that could not be read.
  public let skipped: [SkippedFile]
  private let pixels: PixelStorage
  private let rows: [Int]

  package init(
    preprocessing: Preprocessing, classNames: [String], examples: [Example], skipped: [SkippedFile] = [],
    pixels: PixelStorage, rows: [Int]
  ) {
    precondition(examples.count == rows.count && pixels.columns == preprocessing.featureCount)
    precondition(pixels.keys.count == pixels.rows)
    self.preprocessing = preprocessing
    self.classNames = classNames
    self.examples = examples
    self.skipped = skipped
    self.pixels = pixels
    self.rows = rows
  }

  /// Creates a dataset from features in memory.
  ///
  /// - Parameters:
  ///   - features: one array of `preprocessing.featureCount` bytes for each example.
  ///   - examples: the file and label of each example.
  ///   - classNames: the names of the classes.
  ///   - preprocessing: the preprocessing that produced the features.
  /// - Throws: ``DatasetError`` if the numbers of arrays and examples differ, an array has another length, a label is
  ///   not an index into `classNames`, or the features do not fit into memory.
  public init(
    features: [[UInt8]], examples: [Example], classNames: [String], preprocessing: Preprocessing
  ) throws {
    let keys = features.map { $0.withUnsafeBytes(Fingerprint.key) }
    try self.init(
      features: features, keys: keys, examples: examples, classNames: classNames, preprocessing: preprocessing)
  }

  /// Creates a dataset as ``init(features:examples:classNames:preprocessing:)`` does, with a key for each example.
  init(
    features: [[UInt8]], keys: [UInt32], examples: [Example], classNames: [String], preprocessing: Preprocessing
  ) throws {
    let columns = preprocessing.featureCount
    guard features.count == examples.count, features.allSatisfy({ $0.count == columns }) else {
      throw DatasetError.inconsistent(
        problem: "expected \(examples.count) feature vectors of \(columns) bytes, one for each example")
    }
    guard examples.allSatisfy({ classNames.indices.contains($0.label) }) else {
      throw DatasetError.inconsistent(problem: "labels must be in 0 ..< \(classNames.count), the number of classes")
    }
    let storage = try PixelStorage(rows: features.count, columns: columns) { memory in
      for (row, bytes) in features.enumerated() {
        _ = UnsafeMutableBufferPointer(rebasing: memory[row * columns..<(row + 1) * columns]).update(from: bytes)
      }
      return keys
    }
    self.init(
      preprocessing: preprocessing, classNames: classNames, examples: examples, pixels: storage,
      rows: Array(features.indices))
  }

  /// The number of examples.
  public var count: Int { examples.count }

  /// The number of features of each example: width x height x channels.
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
  public func key(of index: Int) -> UInt32 { pixels.keys[rows[index]] }

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
    try pixels.withRow(rows[index], body)
  }

  /// Calls `body` with the addresses of the features of all examples, which are valid only during the call.
  package func withRows<Result>(_ body: (PixelRows) throws -> Result) rethrows -> Result {
    try rows.withUnsafeBufferPointer { rows in
      try pixels.withMemory { memory in try body(PixelRows(base: memory, rows: rows, columns: featureCount)) }
    }
  }

  /// Returns a dataset of the examples at `indices`, in that order. It shares the pixels and keeps ``skipped``.
  public func subset(_ indices: [Int]) -> Dataset {
    Dataset(
      preprocessing: preprocessing, classNames: classNames, examples: indices.map { examples[$0] },
      skipped: skipped, pixels: pixels, rows: indices.map { rows[$0] })
  }
}
