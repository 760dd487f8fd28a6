import PerceptIO

/// The buffers of one thread. It is `Sendable` because the reader gives it to one thread at a time.
final class FeatureWorkspace: @unchecked Sendable {
  private var file: [UInt8] = []
  private let samples = SampleMemory()
  private let resampler = Resampler()
  /// Gray samples, before or after resampling.
  private var gray: [UInt8] = []

  /// Returns the key of the image.
  @discardableResult
  func read(
    _ path: String, pixelBudget: Int, for preprocessing: Preprocessing, into features: UnsafeMutableBufferPointer<UInt8>
  ) throws -> UInt32 {
    try FileSystem.read(path, limit: Image.largestFile, into: &file)
    try decode(file, named: path, pixelBudget: pixelBudget, for: preprocessing, into: features)
    return file.withUnsafeBytes(Fingerprint.key)
  }

  func decode(
    _ bytes: [UInt8], named name: String, pixelBudget: Int, for preprocessing: Preprocessing,
    into features: UnsafeMutableBufferPointer<UInt8>
  ) throws(ImageError) {
    let image = try Image.decode(bytes, named: name, pixelBudget: pixelBudget, for: preprocessing, memory: samples)
    write(image, for: preprocessing, into: features)
    samples.reuse(image.pixels)
  }

  /// Repeating a gray channel commutes with resampling, so it is done last, where it is cheapest.
  func write(_ image: Image, for preprocessing: Preprocessing, into features: UnsafeMutableBufferPointer<UInt8>) {
    precondition(features.count == preprocessing.featureCount, "features must have featureCount elements")
    let placement = preprocessing.fit.placement(of: image.size, in: preprocessing.size)
    let target = placement.target
    let size = ImageSize(width: target.width, height: target.height)
    if size != preprocessing.size { features.update(repeating: 0) }  // black margins
    let stride = preprocessing.size.width * preprocessing.color.channelCount
    guard let start = features.baseAddress else { return }
    let first = start + target.top * stride + target.left * preprocessing.color.channelCount
    image.withSamples(of: placement.source) { area in
      switch (image.color, preprocessing.color) {
      case (.rgb, .rgb), (.gray, .gray): resampler.resample(area, to: size, into: first, stride: stride)
      case (.rgb, .gray): resample(lumaOf: area, to: size, into: first, stride: stride)
      case (.gray, .rgb): resample(tripled: area, to: size, into: first, stride: stride)
      }
    }
  }

  private func resample(
    lumaOf area: SampleArea, to size: ImageSize, into result: UnsafeMutablePointer<UInt8>, stride: Int
  ) {
    Resampler.withRoom(area.width * area.height, in: &gray) { gray in
      for y in 0..<area.height {
        ColorMode.luma(ofRGB: area.start + y * area.stride, into: gray + y * area.width, count: area.width)
      }
      let luma = SampleArea(
        start: UnsafePointer(gray), stride: area.width, width: area.width, height: area.height, channels: 1)
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
