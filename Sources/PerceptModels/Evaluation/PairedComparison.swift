import PerceptDatasets
import PerceptIO
import PerceptPlatform

/// A comparison of two classifiers on the same examples. It uses only the examples that exactly one of the two
/// classifies correctly. The others do not show which one is better.
package struct PairedComparison: Sendable, Hashable {
  /// Whether the first classifier is significantly better or worse than the second.
  package enum Finding: String, Sendable, Hashable, Codable {
    case better
    case worse
    case undecided
  }

  /// The number of examples that only the first classifies correctly.
  package let onlyFirst: Int
  package let onlySecond: Int
  package let count: Int

  package init(onlyFirst: Int, onlySecond: Int, count: Int) {
    precondition(
      onlyFirst >= 0 && onlySecond >= 0 && onlyFirst + onlySecond <= count,
      "needs counts ≥ 0, with at most one difference for each example")
    self.onlyFirst = onlyFirst
    self.onlySecond = onlySecond
    self.count = count
  }

  /// Creates a comparison from whether each classifier is correct, for the same examples in the same order.
  package init(_ first: [Bool], _ second: [Bool]) {
    precondition(first.count == second.count, "both lists must describe the same examples")
    let pairs = zip(first, second)
    self.init(onlyFirst: pairs.count { $0 && !$1 }, onlySecond: pairs.count { !$0 && $1 }, count: first.count)
  }

  /// The p-value of the exact two-sided McNemar test (McNemar, 1947): the probability of a difference at least this
  /// large if both classifiers are equally good. Under this hypothesis, `onlyFirst` has a binomial distribution with
  /// probability 1/2. The value is 1 if there are no differences.
  package var pValue: Double {
    let (n, smaller) = (onlyFirst + onlySecond, min(onlyFirst, onlySecond))
    guard n > 0 else { return 1 }
    let tail = (0...smaller).reduce(0.0) { $0 + exp(logBinomial(n, $1) - Double(n) * log(2)) }
    return min(1, 2 * tail)
  }

  /// The result of the test at the significance level 0.05.
  package var finding: Finding {
    guard pValue < 0.05 else { return .undecided }
    return onlyFirst > onlySecond ? .better : .worse
  }

  /// The 95 % confidence interval of the difference of the accuracies, that of the first classifier minus that of the second,
  /// within -1 … 1 (adjusted Wald interval of paired proportions; Bonett and Price, 2012). `count` must be at least 1.
  package var interval: ClosedRange<Double> {
    let n = Double(count) + 2
    let (first, second) = (Double(onlyFirst + 1) / n, Double(onlySecond + 1) / n)
    let difference = first - second
    let half = Proportion.deviations * ((first + second - difference * difference) / n).squareRoot()
    return max(-1, difference - half)...min(1, difference + half)
  }

  /// The number of examples needed to detect a difference of this size at the significance level 0.05 with a power of
  /// 80 % (Connor, 1987); nil if there is no difference.
  package var countNeeded: Int? {
    guard onlyFirst != onlySecond else { return nil }
    let n = Double(count)
    let discordant = Double(onlyFirst + onlySecond) / n
    let difference = abs(Double(onlyFirst - onlySecond)) / n
    let root =
      Proportion.deviations * discordant.squareRoot()
      + 0.8416212335729143 * max(0, discordant - difference * difference).squareRoot()
    return Int(nearest: (root * root / (difference * difference)).rounded(.up))
  }

  /// The number of additional examples needed for a significant result if the proportions stay the same; nil if the
  /// result is significant, or if there is no difference.
  package var moreNeeded: Int? {
    guard finding == .undecided, let needed = countNeeded else { return nil }
    return max(1, needed - count)
  }

  /// Returns the result as a sentence with the names of the two classifiers.
  package func sentence(_ first: String, _ second: String) -> String {
    switch finding {
    case .better: return "\(first) is significantly better than \(second) (p < 0.05)."
    case .worse: return "\(second) is significantly better than \(first) (p < 0.05)."
    case .undecided:
      guard onlyFirst != onlySecond else { return "No difference: both are correct equally often." }
      let name = onlyFirst > onlySecond ? first : second
      return
        "No significant difference on \(counted(count, "image")): \(name) is correct more often\(need)."
    }
  }

  /// The number of images that a significant result needs, as the end of a sentence that says which accuracy is higher. Empty
  /// if the result is significant, or if more than 10 times as many images are needed, which says only that there is hardly
  /// a difference.
  var need: String {
    guard let moreNeeded, moreNeeded <= 10 * count else { return "" }
    return ", but a significant result needs about \(grouped(Self.rounded(moreNeeded))) more images"
  }

  /// Rounds a count to two significant digits.
  static func rounded(_ count: Int) -> Int {
    var unit = 1
    while count / unit >= 100 { unit *= 10 }
    return (count + unit / 2) / unit * unit
  }
}

private func logBinomial(_ n: Int, _ k: Int) -> Double {
  lgamma(Double(n + 1)) - lgamma(Double(k + 1)) - lgamma(Double(n - k + 1))
}
