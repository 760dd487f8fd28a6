import PerceptFeatures
import PerceptImages

/// A loader that fills the rows of a dataset with features and thumbnails.
protocol RowLoader: AnyObject {
  var rows: Int { get }
  var preprocessing: Preprocessing { get }
  /// The input files, in their state just before they are read.
  var files: [CacheManifest.File] { get }
  /// The rows whose images could not be read.
  var skipped: [Int] { get }
  /// The rows whose images are animations.
  var animations: [Int] { get }
  /// The keys of the images of all rows, after they are filled; 0 for images that could not be read.
  var keys: [UInt32] { get }
  /// The division of the rows among ranks; nil for none. ``fill(_:into:)`` then fills only this rank's rows, and is
  /// collective: the other properties are those of all rows.
  var shares: RowShares? { get set }

  /// Fills a range of rows, in memory that the caller has zeroed. Each call continues at the row where the previous
  /// call ended, or restarts at row 0. Throws only if the data as a whole cannot be used, or the system fails: single
  /// unreadable images are recorded in ``skipped``.
  func fill(_ rows: Range<Int>, into memory: RowMemory) throws

  /// Returns whether all rows that could not be read when a cache file of the same data was written still cannot be read.
  /// Takes the animations from that file. Throws as ``fill(_:into:)``.
  func accepts(_ earlier: CacheFile) throws -> Bool

  /// Sets an earlier cache file of the same data from which ``fill(_:into:)`` copies the rows of unchanged files.
  func reuse(_ earlier: CacheFile)
}

extension RowLoader {
  /// The number of features of a row.
  var columns: Int { preprocessing.featureCount }

  /// The number of bytes of a thumbnail; 0 if the features are pixels.
  var thumbnailColumns: Int { preprocessing.thumbnail?.sampleCount ?? 0 }
}
