/// The mean and the standard deviation of a sample of n numbers.
package struct SampleStatistics: Sendable, Hashable {
  package let mean: Double
  /// The sample standard deviation √(Σ(x - mean)²/(n - 1)); 0 for a single number.
  package let deviation: Double
  /// The standard error of the mean, deviation/√n.
  package let standardError: Double

  /// Computes the statistics of numbers; returns nil if there are none.
  package init?(_ values: [Double]) {
    guard !values.isEmpty else { return nil }
    let (count, mean) = (Double(values.count), values.reduce(0, +) / Double(values.count))
    let squares = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
    self.mean = mean
    deviation = (squares / max(count - 1, 1)).squareRoot()
    standardError = deviation / count.squareRoot()
  }
}
