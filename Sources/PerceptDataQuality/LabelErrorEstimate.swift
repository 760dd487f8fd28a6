/// An estimate of the number of wrong labels among images that judges, models that were not trained on these images,
/// have classified. The judges contradict a label by suggesting another class, either because the label is wrong or
/// because they err; see ``LabelErrorModel``.
package struct LabelErrorEstimate: Sendable, Hashable {
  /// The judges' answer for one image.
  package struct Judgment: Sendable {
    /// The index of the most probable class.
    package let suggestion: Int
    /// The logit of the suggestion minus the largest one of the other classes, at least 0.
    package let confidence: Double
    /// Whether the label is another class.
    package let isContradicted: Bool

    package init(suggestion: Int, confidence: Double, isContradicted: Bool) {
      self.suggestion = suggestion
      self.confidence = confidence
      self.isContradicted = isContradicted
    }
  }

  /// The most plausible number of wrong labels.
  package let count: Int
  /// The 95 % interval of the number. It assumes that labels are wrong as often for images that are easy to judge as
  /// for others. If they are wrong mainly for difficult images, the number is larger.
  package let interval: ClosedRange<Int>

  init(count: Int, interval: ClosedRange<Int>) {
    self.count = count
    self.interval = interval
  }

  /// Estimates the number of wrong labels among images of `classCount` ≥ 2 classes. The order of the judgments has no
  /// influence, except for equal confidences. O(n · log n) for n images, plus a constant time of a few milliseconds.
  package init(_ judgments: [Judgment], classCount: Int) {
    self = LabelErrorModel(judgments, classCount: classCount).estimate()
  }
}
