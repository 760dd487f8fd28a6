import PerceptLinearAlgebra

extension Dataset {
  /// Parts for cross-validation: every example is in the validation part of exactly one fold.
  ///
  /// Without groups, both the examples of each class and all examples are spread as evenly as whole numbers allow. Groups, the
  /// largest first, go where they unbalance the classes' shares least.
  ///
  /// - Parameters:
  ///   - count: how many folds, at least 2.
  ///   - group: what examples have in common that must not stand on both sides, such as the person shown; nil where each
  ///     stands for itself.
  ///   - seed: the same seed draws the same folds.
  /// - Returns: a training and a validation part for each fold, both in the order of this dataset.
  /// - Throws: ``DatasetError`` when a class has fewer examples, or examples in fewer groups, than there are folds.
  public func folds(
    _ count: Int, groupedBy group: ((Example) -> String)? = nil, seed: UInt64
  ) throws -> [(training: Dataset, validation: Dataset)] {
    let places = try foldPlaces(count, groupedBy: group, seed: seed)
    return (0..<count).map { fold in
      (subset(places.indices.filter { places[$0] != fold }), subset(places.indices.filter { places[$0] == fold }))
    }
  }

  /// The same, as the fold in whose validation part each example is.
  package func foldPlaces(_ count: Int, groupedBy group: ((Example) -> String)? = nil, seed: UInt64) throws -> [Int] {
    guard count >= 2 else { throw DatasetError.invalidFolds(count) }
    let groups = groups(by: group)
    for (label, name) in classNames.enumerated() {
      let found = groups.count { $0.contains { examples[$0].label == label } }
      guard found >= count else {
        throw DatasetError.tooFewForFolds(name: name, found: found, folds: count, areGroups: group != nil)
      }
    }
    var generator = SeededGenerator(seed: seed)
    let shuffled = groups.shuffled(using: &generator).enumerated().sorted { a, b in
      let (first, second) = (a.element, b.element)
      return (-first.count, examples[first[0]].label, a.offset) < (-second.count, examples[second[0]].label, b.offset)
    }
    return places(of: shuffled.map(\.element), folds: count)
  }

  /// The rows of each group, in the order of first appearance.
  func groups(by group: ((Example) -> String)?) -> [[Int]] {
    guard let group else { return examples.indices.map { [$0] } }
    var groups: [[Int]] = []
    var known: [String: Int] = [:]
    for (row, example) in examples.enumerated() {
      let name = group(example)
      if let index = known[name] {
        groups[index].append(row)
      } else {
        known[name] = groups.count
        groups.append([row])
      }
    }
    return groups
  }

  /// The fold of every row: each group goes where the sum of the classes' squared shares grows least, of equals to the
  /// smallest fold, which also leaves none empty.
  private func places(of groups: [[Int]], folds: Int) -> [Int] {
    let totals = classCounts.map(Double.init)
    var counts = Array(repeating: Array(repeating: 0, count: totals.count), count: folds)
    var sizes = Array(repeating: 0, count: folds)
    var places = Array(repeating: 0, count: count)
    for group in groups {
      var added = Array(repeating: 0, count: totals.count)
      for row in group { added[examples[row].label] += 1 }
      let growth = counts.map { counts in
        added.indices.reduce(0.0) { sum, label in
          added[label] == 0
            ? sum : sum + Double(added[label] * (2 * counts[label] + added[label])) / (totals[label] * totals[label])
        }
      }
      let fold = (0..<folds).reduce(0) { (growth[$1], sizes[$1]) < (growth[$0], sizes[$0]) ? $1 : $0 }
      for label in added.indices { counts[fold][label] += added[label] }
      sizes[fold] += group.count
      for row in group { places[row] = fold }
    }
    return places
  }
}
