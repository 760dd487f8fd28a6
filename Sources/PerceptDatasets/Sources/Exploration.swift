import PerceptIO
public import PerceptImages
import PerceptLinearAlgebra
import Synchronization

/// What a source holds, seen by opening every picture once.
public struct Exploration: Sendable {
  /// A readable picture as its file has it, upright.
  public struct ImageInfo: Sendable, Hashable {
    /// Where it came from.
    public let example: Example
    /// Its size.
    public let size: ImageSize
    /// Colour or gray.
    public let color: ColorMode
    /// The format of its file: "JPEG", "PNG", "WebP", "HEIC", "AVIF" or "IDX".
    public let format: String
  }

  /// The names of the classes.
  public let classNames: [String]
  /// The readable pictures, in the order of the listing.
  public let images: [ImageInfo]
  /// The others.
  public let skipped: [SkippedFile]

  /// Opens every picture of a source, on all cores.
  ///
  /// - Parameters:
  ///   - source: where the pictures are.
  ///   - progress: called, from any thread, one call at a time, with how many of how many files are done.
  /// - Throws: ``DatasetError`` when an IDX file is damaged.
  public init(_ source: DataSource, progress: (@Sendable (Int, Int) -> Void)? = nil) throws {
    classNames = source.classNames
    switch source.content {
    case .files(let entries):
      let chosen = source.examples(of: entries)
      let state = Mutex((done: 0, images: [Int: ImageInfo](), reasons: [Int: String]()))
      concurrently(chosen.count) { index in
        let result = Self.open(chosen[index])
        state.withLock { state in
          state.done += 1
          switch result {
          case .success(let image): state.images[index] = image
          case .failure(let error): state.reasons[index] = reason(of: error)
          }
          progress?(state.done, chosen.count)
        }
      }
      (images, skipped) = state.withLock { state in
        (
          chosen.indices.compactMap { state.images[$0] },
          chosen.indices.compactMap { index in
            state.reasons[index].map { SkippedFile(file: chosen[index].file, reason: $0) }
          }
        )
      }
    case .idx(let parts):
      var images: [ImageInfo] = []
      for part in parts {
        try IDXReader(part).finish()
        for (index, label) in part.labels.enumerated() {
          guard let label = source.classIndex(of: String(label)) else { continue }
          let example = Example(file: "\(part.file)#\(index)", label: label, split: part.split)
          images.append(ImageInfo(example: example, size: part.size, color: .gray, format: "IDX"))
        }
      }
      self.images = images
      skipped = []
    }
  }

  /// How many readable pictures each class has, of one part or of all.
  ///
  /// - Parameter split: the part; nil counts every picture.
  /// - Returns: one count for each class, in the order of ``classNames``.
  public func classCounts(in split: Split? = nil) -> [Int] {
    var counts = Array(repeating: 0, count: classNames.count)
    for image in images where split == nil || image.example.split == split { counts[image.example.label] += 1 }
    return counts
  }

  private static func open(_ example: Example) -> Result<ImageInfo, any Error> {
    Result {
      try checkIsRegular(example.file)
      let bytes = try FileSystem.read(example.file, limit: Image.largestFile)
      let image = try Image(decoding: bytes, named: example.file)
      return ImageInfo(
        example: example, size: image.size, color: image.color,
        format: (try? ImageFormat(firstBytesOf: bytes))?.rawValue ?? "")
    }
  }
}
