import PerceptPlatform

extension LabelErrorModel {
  /// The probability that judges err, as a function of their confidence m: e = 1 / (1 + exp t(α + β·m)). For two
  /// classes, α is different for the two suggestions, because judges prefer the more frequent label.
  struct Curve: Sendable {
    /// The mean of α.
    let offset: Double
    /// Half of the difference of α.
    let imbalance: Double
    /// The natural logarithm of β.
    let logSlope: Double
    /// The index k of the tail. The error decreases as exp(-x) if k is infinite (t(x) = x), otherwise, for large x, as
    /// x⁻ᵏ (t(x) = ±k·log(1 + |x|/k)).
    let tail: Double

    /// Returns e. `side` is 1 for the first of two classes, -1 for the second, otherwise 0.
    func error(confidence: Double, side: Double) -> Double {
      let x = offset + side * imbalance + exp(logSlope) * confidence
      guard tail.isFinite else { return 1 / (1 + exp(x)) }
      let size = tail * log1p(abs(x) / tail)
      return 1 / (1 + exp(x < 0 ? -size : size))
    }

    /// The logarithm of the prior density, up to a constant. It prefers α near 0, that is, judges that err half of the
    /// time where they are least sure, and β as in the sets of images that were measured, where it was 2 to 12.
    var logPrior: Double {
      let (a, b, c) = (offset / 0.5, imbalance / 0.6, (logSlope - log(4)) / 1.2)
      return -(a * a + b * b + c * c) / 2
    }
  }
}

extension LabelErrorModel.Curve {
  /// Curves with evenly spaced parameters.
  struct Grid: Sendable {
    struct Axis: Sendable {
      var lower: Double
      var upper: Double
      let count: Int

      var step: Double { count > 1 ? (upper - lower) / Double(count - 1) : 0 }
      var values: [Double] { (0..<count).map { lower + Double($0) * step } }

      /// Returns the part of the axis around some of its values, with as many values as the whole axis.
      func refined(around values: [Double]) -> Axis {
        let (least, most) = (values.min() ?? lower, values.max() ?? upper)
        return Axis(lower: max(lower, least - step), upper: min(upper, most + step), count: count)
      }
    }

    private static let tails = [Double.infinity, 8, 4]
    private let offset: Axis
    private let imbalance: Axis
    private let logSlope: Axis

    init(isBinary: Bool) {
      offset = Axis(lower: -1.2, upper: 1.2, count: isBinary ? 5 : 7)
      imbalance = isBinary ? Axis(lower: -1.2, upper: 1.2, count: 5) : Axis(lower: 0, upper: 0, count: 1)
      logSlope = Axis(lower: log(0.3), upper: log(40), count: isBinary ? 16 : 24)
    }

    private init(offset: Axis, imbalance: Axis, logSlope: Axis) {
      (self.offset, self.imbalance, self.logSlope) = (offset, imbalance, logSlope)
    }

    var curves: [LabelErrorModel.Curve] {
      var curves: [LabelErrorModel.Curve] = []
      for tail in Self.tails {
        for mean in offset.values {
          for half in imbalance.values {
            curves += logSlope.values.map { slope in
              LabelErrorModel.Curve(offset: mean, imbalance: half, logSlope: slope, tail: tail)
            }
          }
        }
      }
      return curves
    }

    func refined(around curves: [LabelErrorModel.Curve]) -> Grid {
      Grid(
        offset: offset.refined(around: curves.map(\.offset)),
        imbalance: imbalance.refined(around: curves.map(\.imbalance)),
        logSlope: logSlope.refined(around: curves.map(\.logSlope)))
    }
  }
}
