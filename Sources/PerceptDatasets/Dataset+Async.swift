public import PerceptFeatures
import PerceptIO

extension Dataset {
  /// Loads all images of a folder of class folders, a label file, or IDX files, and computes their features, on threads
  /// of its own. Cancelling the task stops loading.
  ///
  /// - Parameters:
  ///   - path: the data, as ``DataSource`` describes.
  ///   - features: what a network sees of an image. It determines the size of images: 64 x 64 pixels, or that of the
  ///     backbone. Images in IDX files keep their size.
  ///   - classes: the labels that become classes.
  ///   - labels: a label file whose labels replace those of the images that it lists.
  ///   - cache: stores features between runs; nil neither reads nor writes a cache.
  ///   - progress: called from any thread, one call at a time, with the number of image files decoded so far and in
  ///     total, not counting cached images.
  /// - Throws: `FileError` if nothing exists at the path; ``DatasetError`` if it is not usable data; `FeatureError` if the
  ///   features cannot be computed; `CancellationError` if the task is cancelled.
  public init(
    contentsOf path: String, features: FeatureExtractor = .pixels, classes: ClassSelection = .all,
    labels: String? = nil, cache: PixelCache? = nil, progress: (@Sendable (Int, Int) -> Void)? = nil
  ) async throws {
    self = try await onOwnThread { cancellation in
      let source = try DataSource(path, classes: classes, labels: labels)
      try cancellation.check()
      return try Dataset(
        source, preprocessing: source.defaultPreprocessing(features), cache: cache, progress: progress,
        cancellation: cancellation)
    }
  }
}
