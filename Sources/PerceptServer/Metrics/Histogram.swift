/// A latency histogram with buckets for Prometheus.
struct Histogram {
  /// The upper bounds of the buckets in seconds. Longer times are only in ``count`` and ``sum``.
  static let bounds = [0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10]

  /// The number of times in each bucket, not cumulative.
  private(set) var counts = [Int](repeating: 0, count: bounds.count)
  private(set) var count = 0
  /// In seconds.
  private(set) var sum = 0.0

  mutating func add(_ seconds: Double) {
    count += 1
    sum += seconds
    if let bucket = Self.bounds.firstIndex(where: { seconds <= $0 }) { counts[bucket] += 1 }
  }
}
