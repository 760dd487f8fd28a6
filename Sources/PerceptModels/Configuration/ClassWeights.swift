/// The weights of the classes: factors of the losses in the cost.
public enum ClassWeights: Sendable, Hashable {
  /// Weight 1 for each class.
  case equal
  /// m / (classes · m_c) for a class with m_c of the m examples, so that all classes have the same total weight.
  case balanced
  /// The given weights, in the order of the classes.
  case given([Double])

  /// Returns the weight of each class, from the number of examples of each class.
  package func weights(counts: [Int]) -> [Double] {
    switch self {
    case .equal: counts.map { _ in 1 }
    case .balanced:
      counts.map { Double(counts.reduce(0, +)) / (Double(counts.count) * Double(max($0, 1))) }
    case .given(let weights): weights
    }
  }
}

extension ClassWeights: TextCodable {
  package static let expectation = "equal, balanced, or a number > 0 for each class, separated by commas"

  /// Creates class weights from `equal`, `balanced`, or positive numbers separated by commas; nil for any other text.
  public init?(_ description: String) {
    switch description {
    case "equal": self = .equal
    case "balanced": self = .balanced
    default:
      let weights = description.split(separator: ",", omittingEmptySubsequences: false).map { Double($0) }
      guard weights.allSatisfy({ $0.map { $0 > 0 && $0.isFinite } ?? false }) else { return nil }
      self = .given(weights.compactMap(\.self))
    }
  }

  /// `equal`, `balanced`, or the numbers separated by commas.
  public var description: String {
    switch self {
    case .equal: "equal"
    case .balanced: "balanced"
    case .given(let weights): weights.map { "\($0)" }.joined(separator: ",")
    }
  }
}
