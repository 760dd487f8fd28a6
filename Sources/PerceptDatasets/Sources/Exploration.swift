import PerceptIO
package import PerceptImages
import PerceptLinearAlgebra
import Synchronization

/// The sizes, color modes, and formats of the images of a data source, found by opening every image once.
package struct Exploration: Sendable {
  /// The properties of a readable image, as its file has it after rotation to upright.
  package struct ImageInfo: Sendable, Hashable {
    package let example: Example
    package let size: ImageSize
    package let color: ColorMode
    /// The format of the file: "JPEG", "PNG", "WebP", "HEIC", "AVIF" or "IDX".
    package let format: String
    /// Whether the file is an animation. Its first frame is used.
    package let isAnimation: Bool
  }

  package let classNames: [String]
  /// The readable images, in the order of the source.
  package let images: [ImageInfo]
  package let skipped: [SkippedFile]

  /// Opens every image of a data source, in parallel on all cores. `progress` is called from any thread, one call at a
  /// time, with the number of image files opened so far and in total, but not for IDX files. Throws ``DatasetError`` if
  /// an IDX file is damaged; `FileError` or `ImageError` if the system fails.
  package init(_ source: DataSource, progress: (@Sendable (Int, Int) -> Void)? = nil) throws {
    classNames = source.classNames
    switch source.content {
    case .files(let entries):
      let chosen = source.examples(of: entries)
      let done = Mutex(0)
      let results = parallelMap(chosen, block: 1) { example in
        let result = Self.open(example)
        done.withLock { done in
          done += 1
          progress?(done, chosen.count)
        }
        return result
      }
      skipped = try zip(chosen, results).compactMap { example, result in
        try reasonToSkip(result).map { SkippedFile(file: example.file, reason: $0) }
      }
      images = results.compactMap { try? $0.get() }
    case .idx(let parts):
      var images: [ImageInfo] = []
      for part in parts {
        try IDXReader(part).finish()
        for (index, label) in part.labels.enumerated() {
          guard let label = source.classIndex(of: String(label)) else { continue }
          let example = Example(file: "\(part.file)#\(index)", label: label, split: part.split)
          images.append(ImageInfo(example: example, size: part.size, color: .gray, format: "IDX", isAnimation: false))
        }
      }
      self.images = images
      skipped = []
    }
  }

  /// Returns the median of the shorter sides of some images of a source; nil if there are no image files.
  package static func medianSide(of source: DataSource) -> Int? {
    guard case .files(let entries) = source.content else { return nil }
    let examples = source.examples(of: entries)
    let chosen = stride(from: 0, to: examples.count, by: max(1, examples.count / sampleSize)).map { examples[$0] }
    let sides = parallelMap(chosen, block: 1) { (try? open($0).get().size).map { min($0.width, $0.height) } }
      .compactMap(\.self).sorted()
    return sides.isEmpty ? nil : sides[sides.count / 2]
  }

  private static let sampleSize = 8

  /// Returns the number of readable images of each class, in one split or in all.
  package func classCounts(in split: Split? = nil) -> [Int] {
    var counts = Array(repeating: 0, count: classNames.count)
    for image in images where split == nil || image.example.split == split { counts[image.example.label] += 1 }
    return counts
  }

  private static func open(_ example: Example) -> Result<ImageInfo, any Error> {
    Result {
      let bytes = try FileSystem.read(example.file, limit: Image.largestFile)
      let image = try Image(decoding: bytes, named: example.file)
      return ImageInfo(
        example: example, size: image.size, color: image.color,
        format: (try? ImageFormat(firstBytesOf: bytes))?.rawValue ?? "", isAnimation: Image.isAnimation(bytes))
    }
  }
}
