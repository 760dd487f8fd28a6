/// The representation of the weights in full-batch gradient descent. Results are equal up to rounding.
public enum DescentForm: String, Sendable, Hashable, CaseIterable, Codable {
  /// The form that needs less computation for the shapes at hand.
  case automatic = "auto"
  /// Weights. Each iteration reads all features and takes examples x features operations.
  case primal
  /// Coefficients of the examples. All features are read once; then each iteration takes examples² operations.
  case dual
}
