import PerceptLinearAlgebra

extension Dataset {
  /// Returns the training and the test split that the data assigns, or else random ones.
  ///
  /// If the data has a validation split but no test split, the validation split is returned as the test split. With both,
  /// the examples for validation are in neither result; ``subset(_:)->Dataset?`` returns them.
  ///
  /// - Parameters:
  ///   - fraction: the share of the examples in the test split, 0 ... 1, rounded for each class.
  ///   - stratified: whether the share applies to each class separately. Unless `fraction` is 0 or 1, a class of two or
  ///     more examples then has at least one in each split, and a single example is in the training split.
  ///   - seed: the seed of the random selection. Equal seeds yield equal splits.
  /// - Returns: both splits, each in the order of this dataset.
  public func split(test fraction: Double, stratified: Bool = true, seed: UInt64) -> (training: Dataset, test: Dataset)
  {
    if let training = subset(.training), let test = subset(.test) ?? subset(.validation) { return (training, test) }
    var generator = SeededGenerator(seed: seed)
    return split(test: fraction, stratified: stratified, using: &generator)
  }

  /// Returns a random training and test split, drawn with the given random number generator.
  ///
  /// - Parameters:
  ///   - fraction: the share of the examples in the test split, 0 ... 1, rounded for each class.
  ///   - stratified: whether the share applies to each class separately.
  ///   - generator: the random number generator.
  /// - Returns: both splits, each in the order of this dataset.
  public func split(
    test fraction: Double, stratified: Bool = true, using generator: inout some RandomNumberGenerator
  ) -> (training: Dataset, test: Dataset) {
    split(test: fraction, stratified: stratified, among: nil, using: &generator)
  }

  /// Returns a random split that draws the test split from the examples for which `canDraw` holds; nil stands for all.
  func split(test fraction: Double, among canDraw: [Bool]?, seed: UInt64) -> (training: Dataset, test: Dataset) {
    var generator = SeededGenerator(seed: seed)
    return split(test: fraction, stratified: true, among: canDraw, using: &generator)
  }

  private func split(
    test fraction: Double, stratified: Bool, among canDraw: [Bool]?,
    using generator: inout some RandomNumberGenerator
  ) -> (training: Dataset, test: Dataset) {
    precondition((0...1).contains(fraction), "fraction must be between 0 and 1 (got \(fraction))")
    let groups =
      stratified ? classNames.indices.map { label in indices { $0.label == label } } : [indices { _ in true }]
    var isTest = Array(repeating: false, count: count)
    for group in groups {
      let size = testSize(of: group.count, fraction: fraction)
      let shuffled = group.shuffled(using: &generator).filter { canDraw?[$0] ?? true }
      for index in shuffled.prefix(size) { isTest[index] = true }
    }
    return (subset(isTest.indices.filter { !isTest[$0] }), subset(isTest.indices.filter { isTest[$0] }))
  }

  /// Returns a random training and test split that keeps the examples of each group in one split. Visits the groups in
  /// random order and adds a group to the test split if that brings the share of each class closer to `fraction` (in
  /// the sum of squares over classes). A group that is too large for the test split stays in the training split, so the
  /// test split can be empty.
  ///
  /// - Parameters:
  ///   - fraction: the share of each class in the test split, 0 ... 1.
  ///   - group: returns the group of an example, such as the person shown.
  ///   - seed: the seed of the random order. Equal seeds yield equal splits.
  /// - Returns: both splits, each in the order of this dataset.
  public func split(
    test fraction: Double, groupedBy group: @escaping (Example) -> String, seed: UInt64
  ) -> (training: Dataset, test: Dataset) {
    split(test: fraction, groupedBy: group, among: nil, seed: seed)
  }

  /// Returns a random split that draws the test split from the groups of examples for which `canDraw` holds; nil stands
  /// for all.
  func split(
    test fraction: Double, groupedBy group: @escaping (Example) -> String, among canDraw: [Bool]?, seed: UInt64
  ) -> (training: Dataset, test: Dataset) {
    precondition((0...1).contains(fraction), "fraction must be between 0 and 1 (got \(fraction))")
    var generator = SeededGenerator(seed: seed)
    let totals = classCounts.map(Double.init)
    var missing = totals.map { fraction * $0 }
    var isTest = Array(repeating: false, count: count)
    for rows in groups(by: group).shuffled(using: &generator) where rows.allSatisfy({ canDraw?[$0] ?? true }) {
      var added = Array(repeating: 0.0, count: totals.count)
      for row in rows { added[examples[row].label] += 1 }
      // The change of the sum over classes of the squared difference between the wanted and the actual share.
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

  /// Returns the examples that the data assigns to a split; nil if there are none.
  public func subset(_ split: Split) -> Dataset? {
    let chosen = indices { $0.split == split }
    return chosen.isEmpty ? nil : subset(chosen)
  }

  /// Whether the data assigns examples to splits.
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
