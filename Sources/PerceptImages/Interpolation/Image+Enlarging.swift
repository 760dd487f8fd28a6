extension Image {
  /// The picture at a larger size, as matplotlib's `imshow` draws it when it fills a figure of that size.
  ///
  /// Each new pixel is `Σ w(j) w(k) old(j, k)` over the old pixels around its centre, with the weights of
  /// `interpolation` along each direction; the edges reflect with the edge pixel repeated; the sum is clipped to 0 … 255
  /// once and its fraction dropped, not rounded. So written it agrees with matplotlib, which computes in 14-bit fixed
  /// point, within one level. A gray picture is drawn as matplotlib draws an RGB one whose channels are equal.
  ///
  /// ``Interpolation/none`` and ``Interpolation/nearest`` copy the very pixels that matplotlib copies. What can differ is
  /// a pixel of the last column whose centre lies exactly between two old rows, at sizes where matplotlib rounds in laying
  /// out its figure; from 64 to 200, 256 or 300 pixels none does.
  ///
  /// A direction that keeps its length while the other grows is filtered too. A direction that shrinks has its kernel
  /// widened by the factor it shrinks by, so that nothing aliases: near to what matplotlib draws, but not held to a level.
  ///
  /// - Parameters:
  ///   - size: the size wanted.
  ///   - interpolation: how the new pixels come from the old ones.
  /// - Returns: a picture of that size, of the same color mode; itself where it has that size already.
  public func enlarged(to size: ImageSize, by interpolation: Interpolation) -> Image {
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

  /// Every row at its new width: `height x taps.count x channels` sums.
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

  /// Every column at its new height, as levels: `taps.count x rowLength` samples.
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

  /// What a sum may fall short of a whole level by rounding and still count as that level.
  private static let slack = 0x1p-24
}
