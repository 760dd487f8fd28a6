/// A number of successes out of a number of trials, with the confidence interval of the underlying probability.
public struct Proportion: Sendable, Hashable, Codable {
  /// The number of successes.
  public let part: Int
  /// The number of trials, at least 1.
  public let count: Int

  /// Creates a proportion.
  ///
  /// - Parameters:
  ///   - part: the number of successes, 0 … count.
  ///   - count: the number of trials, at least 1.
  public init(_ part: Int, of count: Int) {
    precondition(
      count > 0 && (0...count).contains(part), "successes must be 0 … trials, and trials ≥ 1 (got \(part) of \(count))")
    self.part = part
    self.count = count
  }

  /// The 97.5 % quantile of the standard normal distribution: 95 % lie within this number of deviations of the mean.
  static let deviations = 1.959963984540054

  /// part / count.
  public var value: Double { Double(part) / Double(count) }

  /// The 95 % confidence interval (Wilson score interval; Wilson, 1927), within 0 … 1. Unlike the normal approximation
  /// p ± z·√(p(1 - p)/n), it is also accurate for few trials and for proportions near 0 or 1.
  public var interval: ClosedRange<Double> {
    let (n, p, z) = (Double(count), value, Self.deviations)
    let center = (p + z * z / (2 * n)) / (1 + z * z / n)
    let half = z / (1 + z * z / n) * (p * (1 - p) / n + z * z / (4 * n * n)).squareRoot()
    // Without rounding errors at the ends: exactly 0 for no successes, and exactly 1 for no failures.
    return (part == 0 ? 0 : max(0, center - half))...(part == count ? 1 : min(1, center + half))
  }
}
