/// The pixels that every image is converted to: the first step of a preprocessing.
package struct PixelGrid: Sendable, Hashable {
  package var size: ImageSize
  package var fit: ResizeMode
  package var color: ColorMode

  package init(size: ImageSize, fit: ResizeMode = .crop, color: ColorMode = .rgb) {
    self.size = size
    self.fit = fit
    self.color = color
  }

  /// `width x height x channels`.
  package var sampleCount: Int { size.width * size.height * color.channelCount }

  /// Returns the samples of an image, converted to ``color``, cropped or padded according to ``fit``, and resized:
  /// ``sampleCount`` bytes in row-major order, channel last.
  package func samples(of image: Image) -> [UInt8] { samples(of: DecodedImage(image)) }

  /// Returns the same samples of an image that may be reduced.
  package func samples(of image: DecodedImage) -> [UInt8] {
    [UInt8](unsafeUninitializedCapacity: sampleCount) { samples, initialized in
      PixelWorkspace().write(image, for: self, into: UnsafeMutableBufferPointer(rebasing: samples[..<sampleCount]))
      initialized = sampleCount
    }
  }

  /// Returns the image that consists of ``sampleCount`` samples.
  package func image(of samples: [UInt8]) -> Image {
    Image(width: size.width, height: size.height, color: color, pixels: samples)
  }
}
