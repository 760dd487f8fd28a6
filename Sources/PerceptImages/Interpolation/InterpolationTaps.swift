/// Which old pixels make each new one along one direction of an enlargement, and with what weights.
///
/// The edges reflect, with the edge pixel repeated: …, 2, 1, 0, 0, 1, 2, ….
struct InterpolationTaps {
  /// New pixels.
  let count: Int
  /// Old pixels per new one.
  let tapCount: Int
  /// `count x tapCount` old pixels.
  let sources: [Int]
  /// `count x tapCount`; each row sums to 1.
  let weights: [Double]

  /// The taps of a kernel.
  ///
  /// - Parameters:
  ///   - kernel: the weights by distance.
  ///   - oldCount: old pixels.
  ///   - positions: the new pixels' centres, in old pixels.
  init(_ kernel: InterpolationKernel, from oldCount: Int, at positions: PixelPositions) {
    count = positions.steps.count
    // Growing leaves the kernel as it is; shrinking widens it, so that every old pixel has its part.
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

/// Where the centres of new pixels fall among the old ones: at `(i + 1/2) old / new`, in steps of 1/256 old pixel.
///
/// The steps are matplotlib's. They matter: between one step and the next a new pixel may pass the middle of an old one,
/// and there the kernels that do not end at 0 (``Interpolation/hamming``, ``Interpolation/bessel``,
/// ``Interpolation/gaussian``) change which pixel they reach.
struct PixelPositions {
  static let stepsPerPixel = 256

  /// The centres, in steps.
  let steps: [Int]

  /// Each row is rounded to the nearest step by itself.
  static func rows(from old: Int, to new: Int) -> PixelPositions {
    PixelPositions(steps: (0..<new).map { nearestStep($0, old, new) })
  }

  /// Only the first and the last column are rounded; the others lie on the line between them that an integer line
  /// drawing algorithm takes, `first + ⌈(i + 1) d / c⌉ - ⌈d / c⌉` over a distance of `d` steps in `c` columns.
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
