import PerceptLinearAlgebra
import PerceptPlatform

/// A model that separates wrong labels from errors of the judges. If the judges suggest class j with confidence m, the
/// label contradicts them with the probability
///
///     q = (1 - e)·r_j + e·(1 - s_j)
///
/// where e is the probability that the judges err, r_j that the label of an image of class j is wrong, and s_j that an
/// image of another class has the label j. The judges err less the surer they are: e falls with m along a ``Curve``.
/// Labels are assumed to be wrong as often for images that are easy to judge as for others, so r_j and s_j do not
/// depend on m. Therefore, where the judges are surest, most contradictions are wrong labels.
///
/// The curve is not known. The estimate uses all curves that explain the contradictions nearly as well as the best one.
/// If the judges are never sure, the curves allow many different numbers of wrong labels.
struct LabelErrorModel: Sendable {
  /// Images with the same suggestion and similar confidence.
  struct Bin: Sendable {
    /// The mean confidence, in units of the mean confidence of all images.
    let confidence: Double
    let count: Double
    let contradicted: Double
  }

  /// The most likely rates for a curve.
  struct Fit: Sendable {
    let curve: Curve
    /// r_j of every suggested class.
    let rates: [Double]
    /// s_j of every suggested class.
    let incoming: [Double]
    /// The logarithm of the likelihood, and of the prior density of the curve.
    let logLikelihood: Double
    /// The expected number of wrong labels.
    let wrong: Double
  }

  /// The share of the images that can be so unusual that the judges are sure and err, although the labels are right.
  /// The curves do not cover such images. In sets without wrong labels, up to 1 in 230 images were like this.
  private static let unusualShare = 1.0 / 200
  /// The decrease of the log likelihood at the ends of a 95 % interval, half of 1.96².
  private static let likelihoodDrop = 1.92
  private static let deviations = 1.96
  /// The mean of the prior distribution of the share of wrong labels, which is exponential.
  private static let expectedShare = 0.05

  /// The bins of every suggested class, in ascending order of confidence.
  private let classes: [[Bin]]
  private let classCount: Int
  private let count: Int
  private let largestRate: Double

  init(_ judgments: [LabelErrorEstimate.Judgment], classCount: Int) {
    let mean = judgments.reduce(0.0) { $0 + $1.confidence } / Double(max(judgments.count, 1))
    let scale = mean > 0 ? mean : 1
    var suggested = Array(repeating: [LabelErrorEstimate.Judgment](), count: classCount)
    for judgment in judgments { suggested[judgment.suggestion].append(judgment) }
    classes = suggested.filter { !$0.isEmpty }.map {
      Self.bins(of: $0, atMost: max(12, 60 / classCount), scale: scale)
    }
    self.classCount = classCount
    count = judgments.count
    largestRate = classCount == 2 ? 0.45 : 0.5
  }

  /// Returns bins of about equally many judgments.
  private static func bins(of judgments: [LabelErrorEstimate.Judgment], atMost most: Int, scale: Double) -> [Bin] {
    let sorted = judgments.sorted { $0.confidence < $1.confidence }
    let bins = min(sorted.count, most)
    return (0..<bins).map { index in
      let part = sorted[index * sorted.count / bins..<(index + 1) * sorted.count / bins]
      let sum = part.reduce(0.0) { $0 + $1.confidence }
      return Bin(
        confidence: sum / Double(part.count) / scale, count: Double(part.count),
        contradicted: Double(part.count { $0.isContradicted }))
    }
  }

  func estimate() -> LabelErrorEstimate {
    let fits = likelyFits()
    guard let best = fits.max(by: { $0.logLikelihood < $1.logLikelihood }) else {
      return LabelErrorEstimate(count: 0, interval: 0...0)
    }
    let wrong = fits.filter { $0.logLikelihood >= best.logLikelihood - Self.likelihoodDrop }.map(\.wrong)
    let spread = spread(around: best)
    let unusual = Self.unusualShare * Double(count)
    let lower = max(0, (wrong.min() ?? 0) - spread.below - unusual).rounded()
    let upper = min(Double(count), (wrong.max() ?? 0) + spread.above).rounded()
    let center = min(max(median(of: fits, best: best), lower), upper).rounded()
    return LabelErrorEstimate(count: Int(center), interval: Int(lower)...Int(upper))
  }

  /// Fits the curves of a grid, and of finer grids around the likely ones, until a fifth of the curves is likely.
  private func likelyFits() -> [Fit] {
    var grid = Curve.Grid(isBinary: isBinary)
    var fits: [Fit] = []
    for _ in 0..<4 {
      fits = parallelMap(grid.curves, block: 16) { fit($0) }
      let best = fits.reduce(-Double.infinity) { max($0, $1.logLikelihood) }
      let likely = fits.filter { $0.logLikelihood > best - 5 }
      if likely.count * 5 >= fits.count { break }
      grid = grid.refined(around: likely.map(\.curve))
    }
    return fits
  }

  /// Returns the median of the numbers of wrong labels, weighted by likelihood and prior density.
  private func median(of fits: [Fit], best: Fit) -> Double {
    let weighted = fits.map { fit in
      let share = fit.wrong / Double(count)
      return (wrong: fit.wrong, weight: exp(fit.logLikelihood - best.logLikelihood - share / Self.expectedShare))
    }.sorted { $0.wrong < $1.wrong }
    let half = weighted.reduce(0.0) { $0 + $1.weight } / 2
    var sum = 0.0
    for (wrong, weight) in weighted {
      sum += weight
      if sum >= half { return wrong }
    }
    return best.wrong
  }

  /// Whether the judges suggest both of two classes.
  private var isBinary: Bool { classCount == 2 && classes.count == 2 }
}

extension LabelErrorModel {
  /// The bins of a class, the probabilities e that the judges err there, and s_j.
  private struct ClassBins {
    let bins: [Bin]
    let errors: [Double]
    var incoming: Double

    /// Calls `body` with each bin, its probability of an error, and the probability q of a contradiction.
    func forEach(rate: Double, _ body: (_ bin: Bin, _ error: Double, _ q: Double) -> Void) {
      for (bin, error) in zip(bins, errors) {
        let contradiction: Double = (1 - error) * rate + error * (1 - incoming)
        body(bin, error, min(max(contradiction, 1e-9), 1 - 1e-9))
      }
    }

    func logLikelihood(rate: Double) -> Double {
      var sum = 0.0
      forEach(rate: rate) { bin, _, q in sum += bin.contradicted * log(q) + (bin.count - bin.contradicted) * log1p(-q) }
      return sum
    }

    /// Returns the rate in 0 ... `largest` with the largest likelihood, which is concave, by Newton's method.
    func likeliestRate(from start: Double, largest: Double) -> Double {
      var rate = start
      for _ in 0..<20 {
        var (slope, curvature) = (0.0, 1e-9)
        forEach(rate: rate) { bin, error, q in
          let (contradicted, confirmed) = (bin.contradicted / q, (bin.count - bin.contradicted) / (1 - q))
          slope += (1 - error) * (contradicted - confirmed)
          curvature += (1 - error) * (1 - error) * (contradicted / q + confirmed / (1 - q))
        }
        let newton = rate + slope / curvature
        // Far from the maximum, the curvature changes a lot, so the steps are limited.
        let limited = newton > rate ? min(newton, 2 * rate + 0.02) : max(newton, rate / 3 - 1e-4)
        let next = min(max(limited, 0), largest)
        if abs(next - rate) < 1e-6 { return next }
        rate = next
      }
      return rate
    }

    /// Returns the expected number of wrong labels and its variance.
    func wrong(rate: Double, classCount: Int) -> (mean: Double, variance: Double) {
      var (mean, variance) = (0.0, 0.0)
      forEach(rate: rate) { bin, error, q in
        let other = error * incoming * Double(classCount - 2)
        let contradicted = min(max(((1 - error) * rate + other) / q, 0), 1)
        let confirmed = min(max(error * incoming / (1 - q), 0), 1)
        let agreeing = bin.count - bin.contradicted
        mean += bin.contradicted * contradicted + agreeing * confirmed
        variance +=
          bin.contradicted * contradicted * (1 - contradicted) + agreeing * confirmed * (1 - confirmed)
      }
      return (mean, variance)
    }
  }

  private func fit(_ curve: Curve) -> Fit {
    var rates = Array(repeating: 0.02, count: classes.count)
    var incoming = Array(repeating: 0.0, count: classes.count)
    var parts = parts(for: curve, incoming: incoming)
    for round in 0..<3 {
      if round > 0 {
        incoming = incomingRates(of: rates)
        for place in parts.indices { parts[place].incoming = incoming[place] }
      }
      rates = zip(parts, rates).map { $0.likeliestRate(from: $1, largest: largestRate) }
    }
    var (likelihood, wrong) = (curve.logPrior, 0.0)
    for (part, rate) in zip(parts, rates) {
      likelihood += part.logLikelihood(rate: rate)
      wrong += part.wrong(rate: rate, classCount: classCount).mean
    }
    return Fit(curve: curve, rates: rates, incoming: incoming, logLikelihood: likelihood, wrong: wrong)
  }

  private func parts(for curve: Curve, incoming: [Double]) -> [ClassBins] {
    classes.enumerated().map { place, bins in
      let side: Double = isBinary ? (place == 0 ? 1 : -1) : 0
      let errors = bins.map { curve.error(confidence: $0.confidence, side: side) }
      return ClassBins(bins: bins, errors: errors, incoming: incoming[place])
    }
  }

  /// Returns s_j of every suggested class: wrong labels of the other classes are equally often each wrong class.
  private func incomingRates(of rates: [Double]) -> [Double] {
    let sizes = classes.map { bins in bins.reduce(0.0) { $0 + $1.count } }
    let total = zip(rates, sizes).reduce(0.0) { $0 + $1.0 * $1.1 }
    return zip(rates, sizes).map { rate, size in
      let others = Double(count) - size
      return others > 0 ? (total - rate * size) / others / Double(classCount - 1) : 0
    }
  }

  /// Returns how far the number of wrong labels can be below and above that of a fit if its curve is right.
  private func spread(around fit: Fit) -> (below: Double, above: Double) {
    var (below, above) = (0.0, 0.0)
    for (part, rate) in zip(parts(for: fit.curve, incoming: fit.incoming), fit.rates) {
      let (mean, variance) = part.wrong(rate: rate, classCount: classCount)
      func square(at end: Double) -> Double {
        let other = part.wrong(rate: unlikelyRate(part, from: rate, to: end), classCount: classCount)
        let (shift, noise) = (other.mean - mean, max(variance, other.variance))
        return shift * shift + Self.deviations * Self.deviations * noise
      }
      below += square(at: 0)
      above += square(at: largestRate)
    }
    return (below.squareRoot(), above.squareRoot())
  }

  /// Returns the rate between the likeliest one and `end` at the end of the 95 % interval.
  private func unlikelyRate(_ part: ClassBins, from rate: Double, to end: Double) -> Double {
    let least = part.logLikelihood(rate: rate) - Self.likelihoodDrop
    if part.logLikelihood(rate: end) >= least { return end }
    var (inside, outside) = (rate, end)
    for _ in 0..<30 {
      let middle = (inside + outside) / 2
      if part.logLikelihood(rate: middle) >= least { inside = middle } else { outside = middle }
    }
    return inside
  }
}
