import PerceptDataQuality
import PerceptLinearAlgebra
import Testing

@Suite("Label error estimate")
struct LabelErrorEstimateTests {
  struct Trial {
    var judgments: [LabelErrorEstimate.Judgment] = []
    var wrong = 0
  }

  /// Returns answers of generated judges: each logit is a nearly normal number, plus `strength` for the true class.
  /// Labels are wrong with the probability `rate`; only those of the first class if `isOneSided`.
  static func trial(
    classes: Int = 2, count: Int = 400, rate: Double, strength: Double, seed: UInt64, isOneSided: Bool = false
  ) -> Trial {
    var generator = SeededGenerator(seed: seed)
    func unit() -> Double { Double(generator.next() >> 11) / 9_007_199_254_740_992 }
    var trial = Trial()
    for index in 0..<count {
      let truth = index % classes
      let logits = (0..<classes).map { label -> Double in
        let noise = (0..<12).reduce(0.0) { sum, _ in sum + unit() }
        return (label == truth ? strength : 0) + noise - 6
      }
      let suggestion = logits.indices.reduce(0) { logits[$1] > logits[$0] ? $1 : $0 }
      let other = logits.indices.filter { $0 != suggestion }.map { logits[$0] }.max() ?? 0
      let isWrong = unit() < rate && (!isOneSided || truth == 0)
      let shift = isWrong ? 1 + (classes > 2 ? Int(unit() * Double(classes - 1)) : 0) : 0
      if isWrong { trial.wrong += 1 }
      trial.judgments.append(
        LabelErrorEstimate.Judgment(
          suggestion: suggestion, confidence: 0.3 * (logits[suggestion] - other),
          isContradicted: suggestion != (truth + shift) % classes))
    }
    return trial
  }

  /// The estimates of a program in NumPy: the lower bound, the count, and the upper bound.
  static let references: [(classes: Int, count: Int, rate: Double, strength: Double, result: [Int])] = [
    (2, 400, 0, 2, [0, 0, 6]), (2, 400, 0.05, 3, [8, 17, 23]), (2, 400, 0.2, 2, [53, 77, 94]),
    (3, 600, 0.1, 3.5, [24, 46, 57]), (10, 1000, 0.05, 4, [7, 41, 60]),
  ]

  @Test("estimates equal those of a program in NumPy, apart from rounding", arguments: references.indices)
  func reference(index: Int) {
    let (classes, count, rate, strength, result) = Self.references[index]
    let trial = Self.trial(
      classes: classes, count: count, rate: rate, strength: strength, seed: UInt64(index + 1))
    let estimate = LabelErrorEstimate(trial.judgments, classCount: classes)
    let found = [estimate.interval.lowerBound, estimate.count, estimate.interval.upperBound]
    #expect(zip(found, result).allSatisfy { abs($0 - $1) <= 1 }, "\(found), expected \(result)")
    #expect(LabelErrorEstimate(trial.judgments, classCount: classes) == estimate)
  }

  @Test("the interval contains the number of wrong labels", arguments: [0, 0.05, 0.2], [false, true])
  func coverage(rate: Double, isOneSided: Bool) {
    for seed in 1...6 as ClosedRange<UInt64> {
      let trial = Self.trial(rate: rate, strength: 2, seed: seed, isOneSided: isOneSided)
      let estimate = LabelErrorEstimate(trial.judgments, classCount: 2)
      #expect(estimate.interval.contains(trial.wrong), "\(trial.wrong) wrong labels, \(estimate)")
      #expect(estimate.interval.contains(estimate.count) && estimate.interval.upperBound < 150, "\(estimate)")
    }
  }

  @Test("without wrong labels, few of the contradicted labels count as wrong")
  func clean() {
    let trial = Self.trial(rate: 0, strength: 2, seed: 2)
    let estimate = LabelErrorEstimate(trial.judgments, classCount: 2)
    #expect(trial.judgments.count { $0.isContradicted } > 20)
    #expect(estimate.count <= 3 && estimate.interval.lowerBound == 0 && estimate.interval.upperBound < 20)
  }

  @Test("the interval of weak judges is wide")
  func weak() {
    let trial = Self.trial(rate: 0.05, strength: 0.7, seed: 1)
    let estimate = LabelErrorEstimate(trial.judgments, classCount: 2)
    #expect(estimate.interval.contains(trial.wrong) && estimate.interval.count > 60, "\(estimate)")
  }

  @Test("if the judges agree with all labels, no label is wrong")
  func agreement() {
    let judgments = (0..<100).map {
      LabelErrorEstimate.Judgment(suggestion: $0 % 2, confidence: 1 + Double($0) / 100, isContradicted: false)
    }
    let estimate = LabelErrorEstimate(judgments, classCount: 2)
    #expect(estimate.count == 0 && estimate.interval == 0...0)
  }
}
