package import PerceptModels

extension Score {
  /// The score in a sentence, with what the simplest answer would reach.
  ///
  /// - Parameter isUnseen: whether the pictures are others than those that were learned from; only then do they say something of
  ///   all such pictures.
  /// - Returns: one sentence.
  package func sentence(isUnseen: Bool = true) -> String {
    let interval = Proportion(correct, of: count).interval
    let ends = [interval.lowerBound, interval.upperBound].map { "\(Int((100 * $0).rounded()))" }
    let chance = isUnseen ? "; of all such pictures, with 95 % confidence, \(ends[0]) to \(ends[1]) %" : ""
    return
      "Of \(count) pictures it got \(correct) right (\(Ticks.percent(accuracy))\(chance)); always answering \(majorityClass) "
      + "would get \(majorityCount) right (\(Ticks.percent(majority)))."
  }
}
