/// How many answers were right, and how many the simplest answer would get right.
public struct Score: Sendable, Hashable, Codable {
  /// How many examples were answered rightly.
  public var correct: Int
  /// How many examples there were.
  public var count: Int
  /// The class that most of the examples have (the first of several).
  public var majorityClass: String
  /// How many examples have that class.
  public var majorityCount: Int

  /// A score of counts.
  public init(correct: Int, count: Int, majorityClass: String, majorityCount: Int) {
    self.correct = correct
    self.count = count
    self.majorityClass = majorityClass
    self.majorityCount = majorityCount
  }

  /// A score on examples of which each class has some.
  package init(correct: Int, classCounts: [Int], classNames: [String]) {
    let majorityCount = classCounts.max() ?? 0
    self.init(
      correct: correct, count: classCounts.reduce(0, +),
      majorityClass: classNames[classCounts.firstIndex(of: majorityCount) ?? 0], majorityCount: majorityCount)
  }

  /// correct / count, 0 … 1.
  public var accuracy: Double { Double(correct) / Double(count) }

  /// The accuracy of always answering the majority class, 0 … 1.
  public var majority: Double { Double(majorityCount) / Double(count) }
}
