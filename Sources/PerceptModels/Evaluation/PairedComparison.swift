import Glibc
import PerceptDatasets

/// Two answers for every one of the same examples: which was right where the other was wrong. Where both are right, or both
/// wrong, says nothing about which is better.
public struct PairedComparison: Sendable, Hashable {
  /// Which of both is better, as far as these examples can tell.
  public enum Finding: String, Sendable, Hashable, Codable {
    /// The first is.
    case better
    /// The second is.
    case worse
    case undecided
  }

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

  /// Whether the difference is more than chance, at 95 % confidence.
  public var finding: Finding {
    guard pValue < 0.05 else { return .undecided }
    return onlyFirst > onlySecond ? .better : .worse
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

  /// How many more examples would settle it, if they come out as these did; nil where it is settled, or where these show no
  /// difference at all.
  public var moreNeeded: Int? {
    guard finding == .undecided, let needed = countNeeded else { return nil }
    return max(1, needed - count)
  }

  /// What is found, in a sentence.
  ///
  /// - Parameters:
  ///   - first: what the first is called.
  ///   - second: what the second is called.
  /// - Returns: which is better, or that it cannot be told.
  public func sentence(_ first: String, _ second: String) -> String {
    switch finding {
    case .better: return "\(first) is better than \(second): so much is not chance."
    case .worse: return "\(second) is better than \(first): so much is not chance."
    case .undecided:
      guard let moreNeeded else { return "No difference: both are right equally often." }
      return "No difference that \(counted(count, "picture")) can prove: it may be chance. "
        + "\(onlyFirst > onlySecond ? first : second) looks better, and about \(Self.rounded(moreNeeded)) more would settle it."
    }
  }

  /// Two digits that mean something.
  static func rounded(_ count: Int) -> Int {
    var unit = 1
    while count / unit >= 100 { unit *= 10 }
    return (count + unit / 2) / unit * unit
  }
}

/// The logarithm of "n choose k".
private func logBinomial(_ n: Int, _ k: Int) -> Double {
  lgamma(Double(n + 1)) - lgamma(Double(k + 1)) - lgamma(Double(n - k + 1))
}
