package import Classification

extension Score {
  /// The score in one or two sentences, with what the simplest answer would reach.
  package var sentence: String {
    let right = "Of \(count) pictures it got \(correct) right (\(Ticks.percent(accuracy)))"
    let baseline = "always answering \(majorityClass) would get \(majorityCount) right (\(Ticks.percent(majority)))"
    let verdict =
      correct > majorityCount
      ? "" : " That is \(correct == majorityCount ? "no better" : "worse") than not looking at the pictures at all."
    return "\(right); \(baseline).\(verdict)"
  }
}
