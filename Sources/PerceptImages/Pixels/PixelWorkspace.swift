import PerceptIO

/// Reads images as pixels with buffers that are reused: for the bytes of a file, for its pixels and for resampling. Not
/// thread-safe; it is `Sendable` so that threads can take turns.
package final class PixelWorkspace: @unchecked Sendable {
  private var file: [UInt8] = []
  private let samples = SampleMemory()
  private let resampler = Resampler()
  /// Gray samples, before or after resampling.
  private var gray: [UInt8] = []

  package init() {}

  /// What a file contains besides pixels.
  package struct Facts: Sendable {
    /// The key of the image, see `Fingerprint.key(of:)`.
    package let key: UInt32
    /// Whether the file is an animation. Its first frame was read.
    package let isAnimation: Bool
  }

  /// Reads the ``PixelGrid/sampleCount`` samples of an image file. After an error, their content is undefined. Throws
  /// `FileError` if the file cannot be read; ``ImageError`` if it is not a complete, supported image.
  @discardableResult
  package func read(
    _ path: String, pixelBudget: Int, for grid: PixelGrid, into result: UnsafeMutableBufferPointer<UInt8>
  ) throws -> Facts {
    try FileSystem.read(path, limit: Image.largestFile, into: &file)
    try decode(file, named: path, pixelBudget: pixelBudget, for: grid, into: result)
    return Facts(key: file.withUnsafeBytes(Fingerprint.key), isAnimation: Image.isAnimation(file))
  }

  /// Decodes the samples of an encoded image. A JPEG that is much larger than the grid is decoded at a reduced size.
  package func decode(
    _ bytes: [UInt8], named name: String, pixelBudget: Int, for grid: PixelGrid,
    into result: UnsafeMutableBufferPointer<UInt8>
  ) throws(ImageError) {
    let decoded = try Image.decode(bytes, named: name, pixelBudget: pixelBudget, for: grid, memory: samples)
    write(decoded, for: grid, into: result)
    samples.reuse(decoded.image.pixels)
  }

  /// Writes the samples of an image. Repeating a gray channel commutes with resampling, so it is done last, where it is
  /// cheapest.
  package func write(_ decoded: DecodedImage, for grid: PixelGrid, into result: UnsafeMutableBufferPointer<UInt8>) {
    precondition(result.count == grid.sampleCount, "the result must have sampleCount elements")
    let placement = grid.fit.placement(of: decoded.grid.size, in: grid.size)
    let target = placement.target
    let size = ImageSize(width: target.width, height: target.height)
    if size != grid.size { result.update(repeating: 0) }  // black margins
    let stride = grid.size.width * grid.color.channelCount
    guard let start = result.baseAddress else { return }
    let first = start + target.top * stride + target.left * grid.color.channelCount
    decoded.withSamples(of: placement.source) { area in
      switch (decoded.image.color, grid.color) {
      case (.rgb, .rgb), (.gray, .gray): resampler.resample(area, to: size, into: first, stride: stride)
      case (.rgb, .gray): resample(lumaOf: area, to: size, into: first, stride: stride)
      case (.gray, .rgb): resample(tripled: area, to: size, into: first, stride: stride)
      }
    }
  }

  /// Resizes samples of one grid to the size of another with the same color mode.
  package func resample(
    _ samples: UnsafeBufferPointer<UInt8>, of grid: PixelGrid, to other: PixelGrid,
    into result: UnsafeMutableBufferPointer<UInt8>
  ) {
    precondition(grid.color == other.color && samples.count == grid.sampleCount && result.count == other.sampleCount)
    guard let start = samples.baseAddress, let target = result.baseAddress else { return }
    let channels = grid.color.channelCount
    let area = SampleArea(
      start: start, stride: grid.size.width * channels, columns: SampleSpan(grid.size.width),
      rows: SampleSpan(grid.size.height), channels: channels)
    resampler.resample(area, to: other.size, into: target, stride: other.size.width * channels)
  }

  private func resample(
    lumaOf area: SampleArea, to size: ImageSize, into result: UnsafeMutablePointer<UInt8>, stride: Int
  ) {
    Resampler.withRoom(area.width * area.height, in: &gray) { gray in
      for y in 0..<area.height {
        ColorMode.luma(ofRGB: area.start + y * area.stride, into: gray + y * area.width, count: area.width)
      }
      let luma = SampleArea(
        start: UnsafePointer(gray), stride: area.width, columns: area.columns, rows: area.rows, channels: 1)
      resampler.resample(luma, to: size, into: result, stride: stride)
    }
  }

  private func resample(
    tripled area: SampleArea, to size: ImageSize, into result: UnsafeMutablePointer<UInt8>, stride: Int
  ) {
    Resampler.withRoom(size.width * size.height, in: &gray) { gray in
      resampler.resample(area, to: size, into: gray, stride: size.width)
      for y in 0..<size.height {
        ColorMode.triple(gray + y * size.width, into: result + y * stride, count: size.width)
      }
    }
  }
}
