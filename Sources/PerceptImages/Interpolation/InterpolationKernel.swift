import PerceptPlatform

/// The kernel of an ``Interpolation`` method. Its formula is documented there.
struct InterpolationKernel {
  /// The radius in old pixels; a whole number, because matplotlib rounds radii up.
  let radius: Int
  /// The weight at a distance from 0 to `radius`, before normalization.
  let weight: (Double) -> Double

  /// Creates the kernel of a method; `nil` for methods that copy pixels.
  init?(_ interpolation: Interpolation) {
    switch interpolation {
    case .auto, .none, .nearest: return nil
    case .bilinear: (radius, weight) = (1, { 1 - $0 })
    case .hanning: (radius, weight) = (1, { 0.5 + 0.5 * cos(.pi * $0) })
    case .hamming: (radius, weight) = (1, { 0.54 + 0.46 * cos(.pi * $0) })
    case .hermite: (radius, weight) = (1, { (2 * $0 - 3) * $0 * $0 + 1 })
    case .kaiser: (radius, weight) = (1, Self.kaiser)
    case .quadric: (radius, weight) = (2, Self.quadric)
    case .bicubic: (radius, weight) = (2, Self.cubicBSpline)
    case .spline16: (radius, weight) = (2, Self.spline16)
    case .catrom: (radius, weight) = (2, Self.catmullRom)
    case .gaussian: (radius, weight) = (2, { exp(-2 * $0 * $0) })
    case .mitchell: (radius, weight) = (2, Self.mitchell)
    case .spline36: (radius, weight) = (3, Self.spline36)
    case .bessel: (radius, weight) = (4, Self.bessel)
    case .sinc: (radius, weight) = (4, Self.sinc)
    case .lanczos: (radius, weight) = (4, { Self.sinc($0) * Self.sinc($0 / 4) })
    }
  }

  private static func cubicBSpline(_ x: Double) -> Double {
    x < 1 ? 2 / 3 - x * x * (1 - x / 2) : (2 - x) * (2 - x) * (2 - x) / 6
  }

  private static func quadric(_ x: Double) -> Double {
    if x < 0.5 { return 0.75 - x * x }
    return x < 1.5 ? (x - 1.5) * (x - 1.5) / 2 : 0
  }

  private static func catmullRom(_ x: Double) -> Double {
    x < 1 ? 1 - x * x * (2.5 - 1.5 * x) : 2 - x * (4 - x * (2.5 - 0.5 * x))
  }

  private static func mitchell(_ x: Double) -> Double {
    x < 1
      ? (16.0 / 3 - x * x * (12 - 7 * x)) / 6
      : (32.0 / 3 - x * (20 - x * (12 - 7.0 / 3 * x))) / 6
  }

  private static func spline16(_ x: Double) -> Double {
    let t = x - 1
    return x < 1
      ? 1 - x * (1.0 / 5 + x * (9.0 / 5 - x))
      : -t * (7.0 / 15 - t * (4.0 / 5 - t / 3))
  }

  private static func spline36(_ x: Double) -> Double {
    if x < 1 { return 1 - x * (3.0 / 209 + x * (453.0 / 209 - 13.0 / 11 * x)) }
    let t = x < 2 ? x - 1 : x - 2
    return x < 2
      ? -t * (156.0 / 209 - t * (270.0 / 209 - 6.0 / 11 * t))
      : t * (26.0 / 209 - t * (45.0 / 209 - t / 11))
  }

  private static func kaiser(_ x: Double) -> Double {
    modifiedBessel0(6.33 * (max(0, 1 - x * x)).squareRoot()) / modifiedBessel0(6.33)
  }

  /// Computes I0 with its power series, the sum of `(x^2/4)^k / (k!)^2`. All terms are positive, so no accuracy is lost.
  private static func modifiedBessel0(_ x: Double) -> Double {
    let quarter = x * x / 4
    var (sum, term, k) = (1.0, quarter, 2.0)
    while term > sum * 0x1p-54 {
      sum += term
      term *= quarter / (k * k)
      k += 1
    }
    return sum
  }

  private static func bessel(_ x: Double) -> Double {
    x == 0 ? .pi / 4 : j1(.pi * x) / (2 * x)
  }

  private static func sinc(_ x: Double) -> Double {
    x == 0 ? 1 : sin(.pi * x) / (.pi * x)
  }
}
