import PerceptLinearAlgebra

extension Dataset {
  /// A training and a test part, drawn at random.
  ///
  /// - Parameters:
  ///   - fraction: the share of the examples that goes to the test part, 0 ... 1, rounded for each class.
  ///   - stratified: whether each class gives that share of its own examples. A class of two or more examples then
  ///     keeps at least one on each side, and a class of one keeps it for training, unless `fraction` is 0 or 1.
  ///   - seed: the same seed draws the same examples.
  /// - Returns: both parts, each in the order of this dataset.
  public func split(test fraction: Double, stratified: Bool = true, seed: UInt64) -> (training: Dataset, test: Dataset)
  {
    var generator = SeededGenerator(seed: seed)
    return split(test: fraction, stratified: stratified, using: &generator)
  }

  /// A training and a test part, drawn with a generator of the caller's.
  ///
  /// - Parameters:
  ///   - fraction: the share of the examples that goes to the test part, 0 ... 1, rounded for each class.
  ///   - stratified: whether each class gives that share of its own examples.
  ///   - generator: where the random numbers come from.
  /// - Returns: both parts, each in the order of this dataset.
  public func split(
    test fraction: Double, stratified: Bool = true, using generator: inout some RandomNumberGenerator
  ) -> (training: Dataset, test: Dataset) {
    precondition((0...1).contains(fraction), "a fraction lies between 0 and 1, not \(fraction)")
    let groups =
      stratified ? classNames.indices.map { label in indices { $0.label == label } } : [indices { _ in true }]
    var isTest = Array(repeating: false, count: count)
    for group in groups {
      let size = testSize(of: group.count, fraction: fraction)
      for index in group.shuffled(using: &generator).prefix(size) { isTest[index] = true }
    }
    return (subset(isTest.indices.filter { !isTest[$0] }), subset(isTest.indices.filter { isTest[$0] }))
  }

  /// A training and a test part, drawn at random, neither of which has a picture of a group that the other has one of.
  ///
  /// Groups in random order go to the test part wherever that brings the classes' shares of it closer to `fraction`, so that
  /// they are met as well as whole groups can; a group that is too large for that stays for training.
  ///
  /// - Parameters:
  ///   - fraction: the share of each class that goes to the test part, 0 ... 1.
  ///   - group: what examples have in common that must not stand on both sides, such as the person shown.
  ///   - seed: the same seed draws the same examples.
  /// - Returns: both parts, each in the order of this dataset.
  public func split(
    test fraction: Double, groupedBy group: @escaping (Example) -> String, seed: UInt64
  ) -> (training: Dataset, test: Dataset) {
    precondition((0...1).contains(fraction), "a fraction lies between 0 and 1, not \(fraction)")
    var generator = SeededGenerator(seed: seed)
    let totals = classCounts.map(Double.init)
    var missing = totals.map { fraction * $0 }
    var isTest = Array(repeating: false, count: count)
    for rows in groups(by: group).shuffled(using: &generator) {
      var added = Array(repeating: 0.0, count: totals.count)
      for row in rows { added[examples[row].label] += 1 }
      // The change of the sum of the squared shares that are missing, or too much.
      let change = added.indices.reduce(0.0) { sum, label in
        added[label] == 0
          ? sum : sum + added[label] * (added[label] - 2 * missing[label]) / (totals[label] * totals[label])
      }
      guard change < 0 else { continue }
      for label in added.indices { missing[label] -= added[label] }
      for row in rows { isTest[row] = true }
    }
    return (subset(isTest.indices.filter { !isTest[$0] }), subset(isTest.indices.filter { isTest[$0] }))
  }

  /// The examples that the data itself assigns to a part; nil where it assigns none to it.
  public func subset(_ split: Split) -> Dataset? {
    let chosen = indices { $0.split == split }
    return chosen.isEmpty ? nil : subset(chosen)
  }

  /// Whether the data itself says what is for training and what for testing.
  public var isSplit: Bool { examples.contains { $0.split != nil } }

  private func indices(where holds: (Example) -> Bool) -> [Int] {
    examples.indices.filter { holds(examples[$0]) }
  }

  private func testSize(of count: Int, fraction: Double) -> Int {
    let size = Int((fraction * Double(count)).rounded())
    guard fraction > 0, fraction < 1 else { return size }
    return max(min(max(size, 1), count - 1), 0)
  }
}
