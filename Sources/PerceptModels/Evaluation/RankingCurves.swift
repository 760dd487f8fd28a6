import PerceptDatasets

/// How well a class is told from the others by its probability, at every threshold there is.
///
/// Examples with equal probabilities are one step together: their order says nothing.
public struct RankingCurves: Sendable, Hashable {
  /// What a threshold gives: an example is taken for the class where its probability is at least that.
  public struct Point: Sendable, Hashable {
    /// The probability.
    public let threshold: Double
    /// How many of the class reach it.
    public let truePositives: Int
    /// How many others reach it.
    public let falsePositives: Int
  }

  /// How many examples have the class.
  public let positives: Int
  /// How many have not.
  public let negatives: Int
  /// One point a distinct probability, from the largest on.
  public let points: [Point]

  /// The curves of some examples.
  ///
  /// - Parameters:
  ///   - probabilities: of the class, for each example.
  ///   - isPositive: whether the example has the class.
  public init(probabilities: [Double], isPositive: [Bool]) {
    precondition(probabilities.count == isPositive.count, "every example has a probability and a label")
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

  /// The receiver operating characteristic: the share of the others that is wrongly taken (x) and the share of the class that
  /// is found (y), from (0, 0) to (1, 1). Nil where one kind is missing.
  public var roc: [(x: Double, y: Double)]? {
    guard positives > 0, negatives > 0 else { return nil }
    return [(0, 0)]
      + points.map { (Double($0.falsePositives) / Double(negatives), Double($0.truePositives) / Double(positives)) }
  }

  /// The area under the ROC curve: how often a random example of the class has a larger probability than a random other one,
  /// ties counting half. 0.5 for guessing. Nil where one kind is missing.
  public var areaUnderROC: Double? {
    roc.map { curve in
      zip(curve, curve.dropFirst()).reduce(0) { $0 + ($1.1.x - $1.0.x) * ($1.1.y + $1.0.y) / 2 }
    }
  }

  /// Recall (x) and precision (y) at every threshold, from the largest on. Nil where no example has the class.
  public var precisionRecall: [(x: Double, y: Double)]? {
    guard positives > 0 else { return nil }
    return points.map { point in
      (
        Double(point.truePositives) / Double(positives),
        Double(point.truePositives) / Double(point.truePositives + point.falsePositives)
      )
    }
  }

  /// The average precision: Σ (Rₙ - Rₙ₋₁)·Pₙ, each precision weighed by the recall that it adds. The share of the class for
  /// guessing. Nil where no example has the class.
  public var averagePrecision: Double? {
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
  /// The area under the ROC curve: of class 1 where there are two, otherwise the mean of every class against the others. Nil
  /// where a class is missing.
  public var areaUnderROC: Double? {
    if classNames.count == 2 { return curves(of: 1).areaUnderROC }
    let areas = classNames.indices.compactMap { curves(of: $0).areaUnderROC }
    return areas.count == classNames.count ? areas.reduce(0, +) / Double(areas.count) : nil
  }

  /// How well a class is told from the others.
  ///
  /// - Parameter label: the class; of two, class 1's curves are usual.
  /// - Returns: its curves against all others.
  public func curves(of label: Int) -> RankingCurves {
    RankingCurves(
      probabilities: outcomes.map { $0.prediction.probabilities[label] },
      isPositive: outcomes.map { $0.example.label == label })
  }
}
