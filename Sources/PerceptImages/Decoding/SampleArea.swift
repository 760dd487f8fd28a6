/// Pixels in memory: `height` rows of `width` pixels with `channels` samples each. Rows are `stride` samples apart.
struct SampleArea {
  let start: UnsafePointer<UInt8>
  let stride: Int
  let width: Int
  let height: Int
  let channels: Int

  func copy(into result: UnsafeMutablePointer<UInt8>, stride: Int) {
    for y in 0..<height { (result + y * stride).update(from: start + y * self.stride, count: width * channels) }
  }
}

extension Image {
  /// Calls `body` with the samples of a part of the image, which are valid only during the call.
  func withSamples(of part: Rectangle, _ body: (SampleArea) -> Void) {
    let channels = color.channelCount
    pixels.withUnsafeBufferPointer { pixels in
      guard let first = pixels.baseAddress else { return }
      body(
        SampleArea(
          start: first + (part.top * width + part.left) * channels, stride: width * channels, width: part.width,
          height: part.height, channels: channels))
    }
  }
}
