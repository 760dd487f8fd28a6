/// How a test split was drawn at random from the data.
public struct SplitDraw: Sendable, Hashable, Codable {
  /// The fraction of each class in the test split, 0 … 1.
  public var testFraction: Double
  /// The seed of the random selection.
  public var seed: UInt64
  /// The pattern whose matches in file names are the groups that were kept together; nil for none.
  public var groups: String?

  /// Creates a description of a draw.
  public init(testFraction: Double, seed: UInt64, groups: String? = nil) {
    (self.testFraction, self.seed, self.groups) = (testFraction, seed, groups)
  }

  private static let names = ["testFraction=", "seed=", "groups="]

  /// The draw as the text of a label file, such as `testFraction=0.2 seed=0`.
  var text: String {
    let values = ["\(testFraction)", "\(seed)"] + [groups].compactMap(\.self)
    return zip(Self.names, values).map { $0 + $1 }.joined(separator: " ")
  }

  /// Parses ``text``; nil if it is malformed.
  init?(_ text: String) {
    let parts = text.split(separator: " ", maxSplits: 2, omittingEmptySubsequences: false)
    let values = zip(parts, Self.names).compactMap { $0.hasPrefix($1) ? String($0.dropFirst($1.count)) : nil }
    guard parts.count >= 2, values.count == parts.count, let fraction = Double(values[0]), let seed = UInt64(values[1]),
      (0...1).contains(fraction)
    else { return nil }
    self.init(testFraction: fraction, seed: seed, groups: values.count == 3 ? values[2] : nil)
  }
}
