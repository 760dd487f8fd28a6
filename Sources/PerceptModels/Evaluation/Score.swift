/// The number of correct predictions, and the number that always answering the most frequent class gets right.
public struct Score: Sendable, Hashable, Codable {
  /// The number of correct predictions.
  public var correct: Int
  /// The number of examples.
  public var count: Int
  /// The most frequent class; of equally frequent ones, the first.
  public var majorityClass: String
  /// The number of examples of the most frequent class.
  public var majorityCount: Int

  /// Creates a score from counts.
  public init(correct: Int, count: Int, majorityClass: String, majorityCount: Int) {
    self.correct = correct
    self.count = count
    self.majorityClass = majorityClass
    self.majorityCount = majorityCount
  }

  package init(correct: Int, classCounts: [Int], classNames: [String]) {
    let majorityCount = classCounts.max() ?? 0
    self.init(
      correct: correct, count: classCounts.reduce(0, +),
      majorityClass: classNames[classCounts.firstIndex(of: majorityCount) ?? 0], majorityCount: majorityCount)
  }

  /// The accuracy correct / count, 0 … 1.
  public var accuracy: Double { Double(correct) / Double(count) }

  /// The accuracy of always answering the most frequent class, 0 … 1.
  public var majority: Double { Double(majorityCount) / Double(count) }
}
