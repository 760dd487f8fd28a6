import Glibc

/// Two answers for every one of the same examples: which was right where the other was wrong. Where both are right, or both
/// wrong, says nothing about which is better.
public struct PairedComparison: Sendable, Hashable {
  /// How many only the first got right.
  public let onlyFirst: Int
  /// How many only the second got right.
  public let onlySecond: Int
  /// How many there are in all.
  public let count: Int

  /// A comparison from counts.
  public init(onlyFirst: Int, onlySecond: Int, count: Int) {
    precondition(onlyFirst >= 0 && onlySecond >= 0 && onlyFirst + onlySecond <= count, "more differences than examples")
    self.onlyFirst = onlyFirst
    self.onlySecond = onlySecond
    self.count = count
  }

  /// A comparison of two lists of what is right.
  ///
  /// - Parameters:
  ///   - first: whether the first was right, for each example.
  ///   - second: whether the second was right, for the same examples.
  public init(_ first: [Bool], _ second: [Bool]) {
    precondition(first.count == second.count, "both answer the same examples")
    let pairs = zip(first, second)
    self.init(onlyFirst: pairs.count { $0 && !$1 }, onlySecond: pairs.count { !$0 && $1 }, count: first.count)
  }

  /// How probable a difference this large or larger is where both are equally good: the two-sided exact test of McNemar (1947),
  /// which asks a fair coin for every example that only one of them got right.
  public var pValue: Double {
    let (n, smaller) = (onlyFirst + onlySecond, min(onlyFirst, onlySecond))
    guard n > 0 else { return 1 }
    let tail = (0...smaller).reduce(0.0) { $0 + exp(logBinomial(n, $1) - Double(n) * log(2)) }
    return min(1, 2 * tail)
  }

  /// How many examples it would take to be sure of a difference of this kind: 95 % confidence, found in four of five tries
  /// (Connor, 1987). Nil where there is no difference.
  public var countNeeded: Int? {
    guard onlyFirst != onlySecond else { return nil }
    let n = Double(count)
    let discordant = Double(onlyFirst + onlySecond) / n
    let difference = abs(Double(onlyFirst - onlySecond)) / n
    let root =
      Proportion.deviations * discordant.squareRoot()
      + 0.8416212335729143 * max(0, discordant - difference * difference).squareRoot()
    return Int((root * root / (difference * difference)).rounded(.up))
  }
}

/// The logarithm of "n choose k".
private func logBinomial(_ n: Int, _ k: Int) -> Double {
  lgamma(Double(n + 1)) - lgamma(Double(k + 1)) - lgamma(Double(n - k + 1))
}
