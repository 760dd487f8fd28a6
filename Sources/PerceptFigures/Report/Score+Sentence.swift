package import PerceptModels

extension Score {
  /// The score as a sentence, compared with always answering the most frequent class. The confidence interval is included only
  /// for unseen images, because an accuracy on training data says nothing about other images.
  package func sentence(isUnseen: Bool = true) -> String {
    let interval = Proportion(correct, of: count).interval
    let ends = [interval.lowerBound, interval.upperBound].map { "\(Int((100 * $0).rounded()))" }
    let confidence = isUnseen ? "; 95 % confidence interval \(ends[0]) to \(ends[1]) %" : ""
    return
      "\(correct) of \(count) images are classified correctly (\(Ticks.percent(accuracy))\(confidence)); always answering "
      + "\(majorityClass) would be correct for \(majorityCount) (\(Ticks.percent(majority)))."
  }
}
