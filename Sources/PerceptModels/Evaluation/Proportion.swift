/// So many of so many, and what chance leaves open about the share behind it.
public struct Proportion: Sendable, Hashable, Codable {
  /// How many have it.
  public let part: Int
  /// How many there are; at least 1.
  public let count: Int

  /// So many of so many.
  ///
  /// - Parameters:
  ///   - part: how many have it, 0 … count.
  ///   - count: how many there are, at least 1.
  public init(_ part: Int, of count: Int) {
    precondition(count > 0 && (0...count).contains(part), "\(part) of \(count) is no proportion")
    self.part = part
    self.count = count
  }

  /// How many standard deviations around its mean hold 95 % of a normal distribution.
  static let deviations = 1.959963984540054

  /// part / count.
  public var value: Double { Double(part) / Double(count) }

  /// The 95 % interval of Wilson (1927): the shares that would not be surprised by what was counted. It lies within 0 … 1 and
  /// is right for few counts and for shares near its ends, where the usual ± is not.
  public var interval: ClosedRange<Double> {
    let (n, p, z) = (Double(count), value, Self.deviations)
    let center = (p + z * z / (2 * n)) / (1 + z * z / n)
    let half = z / (1 + z * z / n) * (p * (1 - p) / n + z * z / (4 * n * n)).squareRoot()
    // Exactly 0 and 1 where nothing or everything was counted.
    return (part == 0 ? 0 : max(0, center - half))...(part == count ? 1 : min(1, center + half))
  }
}
