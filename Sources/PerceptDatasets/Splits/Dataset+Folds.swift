import PerceptLinearAlgebra

extension Dataset {
  /// Returns stratified folds for cross-validation, each split in the order of this dataset. Every example is in the
  /// validation split of exactly one fold. Equal seeds yield equal folds. Without groups, the number of examples per
  /// fold, in total and of each class, differs by at most 1 between folds. With groups, such as the persons shown, all
  /// examples of a group are in the same validation split: each group, the largest first, is assigned to the fold where
  /// it unbalances the class shares least. Throws ``DatasetError`` if `count` < 2, or a class has fewer examples, or
  /// examples in fewer groups, than there are folds.
  package func folds(
    _ count: Int, groupedBy group: ((Example) -> String)? = nil, seed: UInt64
  ) throws -> [(training: Dataset, validation: Dataset)] {
    let places = try foldPlaces(count, groupedBy: group, seed: seed)
    return (0..<count).map { fold in
      (subset(places.indices.filter { places[$0] != fold }), subset(places.indices.filter { places[$0] == fold }))
    }
  }

  /// Returns the same folds, as the index of the fold whose validation split contains each example.
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

  /// Returns the rows of each group. Groups are in the order of their first examples.
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

  /// Returns the fold of every row. Each group is assigned to the fold where the sum over classes of (examples in the
  /// fold / examples in the dataset)² grows least. Ties go to the smallest fold, so no fold stays empty.
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
