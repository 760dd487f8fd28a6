/// What fills the rows of a dataset with pixels.
protocol RowLoader: AnyObject {
  /// How many rows there are.
  var rows: Int { get }
  /// How many bytes a row has.
  var columns: Int { get }
  /// What is read, as it was just before.
  var files: [CacheManifest.File] { get }
  /// The rows whose pictures could not be read.
  var skipped: [Int] { get }

  /// Fills some rows, whose bytes are zero. Calls follow on each other; one that starts at row 0 begins anew.
  ///
  /// - Throws: what is wrong with the data as a whole.
  func fill(_ rows: Range<Int>, into memory: UnsafeMutableBufferPointer<UInt8>) throws

  /// Whether rows that could not be read earlier cannot be read now either.
  func stillSkips(_ rows: [Int]) -> Bool

  /// Takes from now on the rows of unchanged files from an earlier cache file of the same data.
  func reuse(_ earlier: CacheFile)
}
