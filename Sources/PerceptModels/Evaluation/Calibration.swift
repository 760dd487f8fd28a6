/// Whether probabilities are what they say: of the answers given with about 80 %, about 80 % should be right.
public struct Calibration: Sendable, Hashable {
  /// The answers whose probabilities lie together.
  public struct Bin: Sendable, Hashable {
    /// Their mean probability.
    public let probability: Double
    /// How many are right.
    public let right: Proportion
  }

  /// The bins that have answers, from the least probable on.
  public let bins: [Bin]

  /// The calibration of some probabilities.
  ///
  /// - Parameters:
  ///   - probabilities: 0 … 1.
  ///   - isRight: whether what had the probability came true.
  ///   - count: into how many bins of equal width 0 … 1 is cut.
  public init(probabilities: [Double], isRight: [Bool], bins count: Int = 10) {
    precondition(probabilities.count == isRight.count && count > 0, "every probability comes true or does not")
    var members = Array(repeating: [Int](), count: count)
    for (index, probability) in probabilities.enumerated() {
      // A bin has its upper end but not its lower one, the first both.
      let place = Int((probability * Double(count)).rounded(.up)) - 1
      members[min(max(place, 0), count - 1)].append(index)
    }
    bins = members.filter { !$0.isEmpty }.map { bin in
      Bin(
        probability: bin.reduce(0) { $0 + probabilities[$1] } / Double(bin.count),
        right: Proportion(bin.count { isRight[$0] }, of: bin.count))
    }
  }

  /// The mean distance between what was said and what came true, over all answers: the expected calibration error, 0 … 1.
  public var error: Double {
    let count = bins.reduce(0) { $0 + $1.right.count }
    return bins.reduce(0) { $0 + abs($1.probability - $1.right.value) * Double($1.right.count) } / Double(count)
  }
}

extension Evaluation {
  /// Whether answers are right as often as they say: the probability of each answer, and whether it is the label.
  public var calibration: Calibration {
    Calibration(probabilities: outcomes.map(\.prediction.probability), isRight: outcomes.map(\.isCorrect))
  }
}
