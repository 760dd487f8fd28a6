import LinearAlgebra

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

  /// The examples that the data itself assigns to a part; nil where it assigns none to it.
  public func part(_ part: Part) -> Dataset? {
    let chosen = indices { $0.part == part }
    return chosen.isEmpty ? nil : subset(chosen)
  }

  /// Whether the data itself says what is for training and what for testing.
  public var isSplit: Bool { examples.contains { $0.part != nil } }

  private func indices(where holds: (Example) -> Bool) -> [Int] {
    examples.indices.filter { holds(examples[$0]) }
  }

  private func testSize(of count: Int, fraction: Double) -> Int {
    let size = Int((fraction * Double(count)).rounded())
    guard fraction > 0, fraction < 1 else { return size }
    return max(min(max(size, 1), count - 1), 0)
  }
}
