extension Image {
  /// Returns the image at a larger size, as matplotlib's `imshow` draws it when it fills a figure of that size.
  ///
  /// Each new pixel is `Σ w(j) w(k) old(j, k)` over the old pixels around its center, with the weights of
  /// `interpolation` in each direction. Positions outside the image are reflected, with the edge pixel repeated. The
  /// sum is clamped once to 0 … 255 and truncated, not rounded. The result agrees with matplotlib, which computes in
  /// 14-bit fixed point, within one level. A gray image is drawn as matplotlib draws an RGB image with equal channels.
  ///
  /// ``Interpolation/none`` and ``Interpolation/nearest`` copy exactly the pixels that matplotlib copies. The only
  /// exception is a pixel of the last column whose center lies exactly between two old rows, at sizes for which
  /// matplotlib rounds the layout of its figure. Enlarging 64 pixels to 200, 256 or 300 has no such pixels.
  ///
  /// If one direction grows, a direction that keeps its length is filtered, too. If a direction shrinks, the kernel is
  /// widened by the same factor, which prevents aliasing. Results may then differ by more than one level.
  package func enlarged(to size: ImageSize, by interpolation: Interpolation) -> Image {
    if size == self.size { return self }
    let method = interpolation.resolved(from: self.size, to: size)
    guard let kernel = InterpolationKernel(method) else { return copied(to: size, by: method) }
    let columns = InterpolationTaps(kernel, from: width, at: .columns(from: width, to: size.width))
    let rows = InterpolationTaps(kernel, from: height, at: .rows(from: height, to: size.height))
    let count = size.height * size.width * color.channelCount
    let enlarged = [UInt8](unsafeUninitializedCapacity: count) { result, initialized in
      withUnsafeTemporaryAllocation(of: Double.self, capacity: height * size.width * color.channelCount) { wide in
        widen(columns, into: wide)
        Self.heighten(UnsafeBufferPointer(wide), rows, rowLength: size.width * color.channelCount, into: result)
      }
      initialized = count
    }
    return Image(width: size.width, height: size.height, color: color, pixels: enlarged)
  }

  /// Resamples every row to its new width, as `height x taps.count x channels` sums.
  private func widen(_ taps: InterpolationTaps, into wide: UnsafeMutableBufferPointer<Double>) {
    let channels = color.channelCount
    let rowLength = width * channels
    pixels.withUnsafeBufferPointer { pixels in
      taps.sources.withUnsafeBufferPointer { sources in
        taps.weights.withUnsafeBufferPointer { weights in
          var next = 0
          for start in stride(from: 0, to: pixels.count, by: rowLength) {
            for first in stride(from: 0, to: sources.count, by: taps.tapCount) {
              for c in 0..<channels {
                var sum = 0.0
                for tap in first..<first &+ taps.tapCount {
                  sum += weights[tap] * Double(pixels[start &+ sources[tap] &* channels &+ c])
                }
                wide.initializeElement(at: next, to: sum)
                next &+= 1
              }
            }
          }
        }
      }
    }
  }

  /// Resamples every column to its new height, as `taps.count x rowLength` samples.
  private static func heighten(
    _ wide: UnsafeBufferPointer<Double>, _ taps: InterpolationTaps, rowLength: Int,
    into result: UnsafeMutableBufferPointer<UInt8>
  ) {
    withUnsafeTemporaryAllocation(of: Double.self, capacity: rowLength) { sums in
      for y in 0..<taps.count {
        sums.initialize(repeating: slack)
        for tap in y * taps.tapCount..<(y + 1) * taps.tapCount where taps.weights[tap] != 0 {
          let weight = taps.weights[tap]
          let start = taps.sources[tap] * rowLength
          for x in 0..<rowLength { sums[x] += weight * wide[start &+ x] }
        }
        for x in 0..<rowLength {
          result.initializeElement(at: y &* rowLength &+ x, to: UInt8(max(0, min(sums[x], 255))))
        }
      }
    }
  }

  /// The amount that is added to each sum, so that rounding errors do not truncate a whole level to the level below.
  private static let slack = 0x1p-24
}
