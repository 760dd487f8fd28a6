import PerceptDatasets

/// The ROC curve and the precision-recall curve of one class against all others, with one point for each distinct
/// probability. Examples with equal probabilities share a point, so the curves do not depend on their order.
package struct RankingCurves: Sendable, Hashable {
  /// The counts at one threshold: an example is predicted as positive if its probability is at least the threshold.
  package struct Point: Sendable, Hashable {
    package let threshold: Double
    package let truePositives: Int
    package let falsePositives: Int
  }

  package let positives: Int
  package let negatives: Int
  /// The points, in descending order of the threshold.
  package let points: [Point]

  /// `isPositive` is whether each example has the class. Complexity: O(n·log n) for n examples.
  package init(probabilities: [Double], isPositive: [Bool]) {
    precondition(probabilities.count == isPositive.count, "needs one label for each probability")
    positives = isPositive.count { $0 }
    negatives = isPositive.count - positives
    let order = probabilities.indices.sorted { probabilities[$0] > probabilities[$1] }
    var points: [Point] = []
    var (hits, alarms) = (0, 0)
    for (place, index) in order.enumerated() {
      if isPositive[index] { hits += 1 } else { alarms += 1 }
      let isLast = place == order.count - 1 || probabilities[order[place + 1]] != probabilities[index]
      if isLast { points.append(Point(threshold: probabilities[index], truePositives: hits, falsePositives: alarms)) }
    }
    self.points = points
  }

  /// The receiver operating characteristic from (0, 0) to (1, 1): the false positive rate (x) and the true positive
  /// rate (y); nil if there are no positive or no negative examples.
  package var roc: [(x: Double, y: Double)]? {
    guard positives > 0, negatives > 0 else { return nil }
    return [(0, 0)]
      + points.map { (Double($0.falsePositives) / Double(negatives), Double($0.truePositives) / Double(positives)) }
  }

  /// The area under the ROC curve: the probability that a random positive example has a larger probability than a
  /// random negative one, where a tie counts 1/2. 0.5 for guessing; nil without positive or without negative examples.
  package var areaUnderROC: Double? {
    roc.map { curve in
      zip(curve, curve.dropFirst()).reduce(0) { $0 + ($1.1.x - $1.0.x) * ($1.1.y + $1.0.y) / 2 }
    }
  }

  /// The recall (x) and precision (y) at each threshold, in descending order of it; nil without positive examples.
  package var precisionRecall: [(x: Double, y: Double)]? {
    guard positives > 0 else { return nil }
    return points.map { point in
      (
        Double(point.truePositives) / Double(positives),
        Double(point.truePositives) / Double(point.truePositives + point.falsePositives)
      )
    }
  }

  /// The average precision Σ (Rₙ - Rₙ₋₁)·Pₙ. For guessing, the fraction of positive examples; nil without any.
  package var averagePrecision: Double? {
    precisionRecall.map { curve in
      var (sum, before) = (0.0, 0.0)
      for point in curve {
        sum += (point.x - before) * point.y
        before = point.x
      }
      return sum
    }
  }
}

extension Evaluation {
  /// Returns the curves of one class against all others. For two classes, class 1 is the usual choice.
  package func curves(of label: Int) -> RankingCurves {
    RankingCurves(
      probabilities: outcomes.map { $0.prediction.probabilities[label] },
      isPositive: outcomes.map { $0.example.label == label })
  }
}
