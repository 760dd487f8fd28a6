/// The old pixels that contribute to each new pixel along one direction of an enlargement, and their weights. Positions
/// outside the image are reflected, with the edge pixel repeated: …, 2, 1, 0, 0, 1, 2, ….
struct InterpolationTaps {
  /// The number of new pixels.
  let count: Int
  /// The number of old pixels for each new pixel.
  let tapCount: Int
  /// The indices of old pixels, `count x tapCount`.
  let sources: [Int]
  /// The weights, `count x tapCount`. Each row sums to 1.
  let weights: [Double]

  init(_ kernel: InterpolationKernel, from oldCount: Int, at positions: PixelPositions) {
    count = positions.steps.count
    // Growing does not change the kernel. Shrinking widens it, so that every old pixel contributes.
    let widening = max(1, Double(oldCount) / Double(count))
    let reach = Double(kernel.radius) * widening
    tapCount = Int((2 * reach).rounded(.up))
    var sources: [Int] = []
    var weights: [Double] = []
    sources.reserveCapacity(count * tapCount)
    weights.reserveCapacity(count * tapCount)
    for step in positions.steps {
      let center = Double(step) / Double(PixelPositions.stepsPerPixel)
      let first = Int((center - reach + 0.5).rounded(.down))
      var total = 0.0
      for k in first..<first + tapCount {
        let distance = abs(Double(k) + 0.5 - center) / widening
        let weight = distance <= Double(kernel.radius) ? kernel.weight(distance) : 0
        sources.append(Self.reflected(k, within: oldCount))
        weights.append(weight)
        total += weight
      }
      for i in weights.count - tapCount..<weights.count { weights[i] /= total }
    }
    self.sources = sources
    self.weights = weights
  }

  private static func reflected(_ k: Int, within count: Int) -> Int {
    let period = 2 * count
    let phase = (k % period + period) % period
    return phase < count ? phase : period - 1 - phase
  }
}

/// The centers of new pixels among the old ones, at `(i + 1/2) old / new`, in steps of 1/256 old pixel, as in
/// matplotlib. The steps affect the result: within one, a center may pass the middle of an old pixel, where kernels
/// that do not end at 0 (``Interpolation/hamming``, ``Interpolation/bessel``, ``Interpolation/gaussian``) include
/// another pixel.
struct PixelPositions {
  static let stepsPerPixel = 256

  /// The centers, in steps.
  let steps: [Int]

  /// Returns the centers of rows. Each is rounded to the nearest step.
  static func rows(from old: Int, to new: Int) -> PixelPositions {
    PixelPositions(steps: (0..<new).map { nearestStep($0, old, new) })
  }

  /// Returns the centers of columns. Only the first and the last are rounded. The others lie on the line between them as an
  /// integer line drawing algorithm computes it: `first + ⌈(i + 1) d / c⌉ - ⌈d / c⌉` for `d` steps in `c` intervals.
  static func columns(from old: Int, to new: Int) -> PixelPositions {
    let first = nearestStep(0, old, new)
    let distance = nearestStep(new - 1, old, new) - first
    let intervals = max(1, new - 1)
    func upTo(_ i: Int) -> Int { (i * distance + intervals - 1) / intervals }
    return PixelPositions(steps: (0..<new).map { first + upTo($0 + 1) - upTo(1) })
  }

  private static func nearestStep(_ i: Int, _ old: Int, _ new: Int) -> Int {
    (stepsPerPixel * (2 * i + 1) * old + new) / (2 * new)
  }
}
