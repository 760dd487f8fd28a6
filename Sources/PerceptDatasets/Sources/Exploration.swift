import PerceptCluster
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
    /// The format of the file: a name such as "JPEG", or "IDX".
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
  /// an IDX file is damaged; `FileError` or `ImageError` if the system fails. In a cluster, each rank opens a part of the
  /// images, and knows all in the end.
  package init(_ source: DataSource, progress: (@Sendable (Int, Int) -> Void)? = nil) throws {
    classNames = source.classNames
    switch source.content {
    case .files(let entries):
      let chosen = source.examples(of: entries)
      if let cluster = Cluster.current { try source.checkAgreement(cluster) }
      let ranks = Cluster.current?.count ?? 1
      let parts = (0..<ranks).map { $0 * chosen.count / ranks..<($0 + 1) * chosen.count / ranks }
      let findings = try Cluster.spread(ranks) { try Self.opened(chosen[parts[$0]], progress: progress) }
      var (images, skipped) = ([ImageInfo](), [SkippedFile]())
      for (part, bytes) in zip(parts, findings) {
        bytes.withUnsafeBytes { bytes in
          var reader = ByteReader(bytes)
          for example in chosen[part] {
            if let reason = reader.text(), !reason.isEmpty {
              skipped.append(SkippedFile(file: example.file, reason: reason))
            } else if let image = reader.image(example) {
              images.append(image)
            }
          }
        }
      }
      (self.images, self.skipped) = (images, skipped)
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

  /// Opens images. Returns, for each, why it cannot be read, or an empty text and what was found.
  private static func opened(
    _ examples: ArraySlice<Example>, progress: (@Sendable (Int, Int) -> Void)?
  ) throws -> [UInt8] {
    let done = Mutex(0)
    let results = parallelMap(examples, block: 1) { example in
      let result = open(example)
      done.withLock { done in
        done += 1
        progress?(done, examples.count)
      }
      return result
    }
    var writer = ByteWriter()
    for result in results {
      writer.write(try reasonToSkip(result) ?? "")
      if let image = try? result.get() { writer.write(image) }
    }
    return writer.bytes
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

extension ByteWriter {
  fileprivate mutating func write(_ image: Exploration.ImageInfo) {
    write(image.size.width)
    write(image.size.height)
    write(image.color.rawValue)
    write(image.format)
    write(image.isAnimation ? 1 : 0)
  }
}

extension ByteReader {
  /// Reads what was found in the image of an example.
  fileprivate mutating func image(_ example: Example) -> Exploration.ImageInfo? {
    guard let width = number(), let height = number(), let color = text().flatMap(ColorMode.init(rawValue:)),
      let format = text(), let animation = number()
    else { return nil }
    return Exploration.ImageInfo(
      example: example, size: ImageSize(width: Int(width), height: Int(height)), color: color, format: format,
      isAnimation: animation != 0)
  }
}
