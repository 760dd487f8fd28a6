public import PerceptImages

/// Labelled pictures as features: count x featureCount bytes, one example a row.
///
/// Pixels stay bytes; parts of a dataset share them, so splitting copies nothing.
public struct Dataset: Sendable {
  /// How pictures became features.
  public let preprocessing: Preprocessing
  /// The names of the classes; an example's label is an index into them.
  public let classNames: [String]
  /// The examples, in the order of their rows.
  public let examples: [Example]
  /// The files of the source that could not be read.
  public let skipped: [SkippedFile]
  private let pixels: PixelStorage
  private let rows: [Int]

  package init(
    preprocessing: Preprocessing, classNames: [String], examples: [Example], skipped: [SkippedFile] = [],
    pixels: PixelStorage, rows: [Int]
  ) {
    precondition(examples.count == rows.count && pixels.columns == preprocessing.featureCount)
    self.preprocessing = preprocessing
    self.classNames = classNames
    self.examples = examples
    self.skipped = skipped
    self.pixels = pixels
    self.rows = rows
  }

  /// A dataset of features that are already there.
  ///
  /// - Parameters:
  ///   - features: one array of `preprocessing.featureCount` bytes for each example.
  ///   - examples: the file and label of each.
  ///   - classNames: the names of the classes.
  ///   - preprocessing: how the features came about.
  /// - Throws: ``DatasetError`` when they do not fit each other, or into memory.
  public init(
    features: [[UInt8]], examples: [Example], classNames: [String], preprocessing: Preprocessing
  ) throws {
    let columns = preprocessing.featureCount
    guard features.count == examples.count, features.allSatisfy({ $0.count == columns }) else {
      throw DatasetError.inconsistent(
        problem: "\(examples.count) examples need as many feature vectors of \(columns) bytes each")
    }
    guard examples.allSatisfy({ classNames.indices.contains($0.label) }) else {
      throw DatasetError.inconsistent(problem: "a label is not the index of one of \(classNames.count) class names")
    }
    let storage = try PixelStorage(rows: features.count, columns: columns) { memory in
      for (row, bytes) in features.enumerated() {
        _ = UnsafeMutableBufferPointer(rebasing: memory[row * columns..<(row + 1) * columns]).update(from: bytes)
      }
    }
    self.init(
      preprocessing: preprocessing, classNames: classNames, examples: examples, pixels: storage,
      rows: Array(features.indices))
  }

  /// How many examples there are.
  public var count: Int { examples.count }

  /// How many features each example has: width x height x channels.
  public var featureCount: Int { preprocessing.featureCount }

  /// How many examples each class has, in the order of `classNames`.
  public var classCounts: [Int] {
    var counts = Array(repeating: 0, count: classNames.count)
    for example in examples { counts[example.label] += 1 }
    return counts
  }

  /// Calls `body` with the features of one example, `featureCount` bytes that are valid only inside it.
  ///
  /// - Parameters:
  ///   - index: the example, 0 ..< count.
  ///   - body: what to do with its bytes.
  /// - Returns: what `body` returns.
  public func withFeatures<Result>(
    of index: Int, _ body: (UnsafeBufferPointer<UInt8>) throws -> Result
  ) rethrows -> Result {
    try pixels.withRow(rows[index], body)
  }

  /// Calls `body` with the addresses of all examples' features, which are valid only inside it.
  package func withRows<Result>(_ body: (PixelRows) throws -> Result) rethrows -> Result {
    try rows.withUnsafeBufferPointer { rows in
      try pixels.withMemory { memory in try body(PixelRows(base: memory, rows: rows, columns: featureCount)) }
    }
  }

  /// The examples at `indices`, in that order; the pixels are shared, and what the source skipped stays known.
  public func subset(_ indices: [Int]) -> Dataset {
    Dataset(
      preprocessing: preprocessing, classNames: classNames, examples: indices.map { examples[$0] },
      skipped: skipped, pixels: pixels, rows: indices.map { rows[$0] })
  }
}
