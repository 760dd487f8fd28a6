/// The mean of some numbers and how far they lie apart.
public struct SampleStatistics: Sendable, Hashable {
  /// Σx/n.
  public let mean: Double
  /// √(Σ(x - mean)²/(n - 1)); 0 for a single number.
  public let deviation: Double
  /// What the mean itself is uncertain by: deviation/√n.
  public let standardError: Double

  /// The spread of numbers; nil where there are none.
  public init?(_ values: [Double]) {
    guard !values.isEmpty else { return nil }
    let (count, mean) = (Double(values.count), values.reduce(0, +) / Double(values.count))
    let squares = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
    self.mean = mean
    deviation = (squares / max(count - 1, 1)).squareRoot()
    standardError = deviation / count.squareRoot()
  }
}
