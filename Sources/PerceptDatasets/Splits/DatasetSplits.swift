package struct DatasetSplits: Sendable {
  package private(set) var training: Dataset
  package private(set) var validation: Dataset?
  package private(set) var test: Dataset?
  /// The fraction and seed that the test split was drawn with; nil if it was not drawn at random.
  package let draw: (fraction: Double, seed: UInt64)?

  /// The splits that exist, with the names that reports use, in the order train, val, test.
  package var named: [(name: String, dataset: Dataset)] {
    [("train", training)] + (validation.map { [("val", $0)] } ?? []) + (test.map { [("test", $0)] } ?? [])
  }

  package var inOrder: [(split: Split, dataset: Dataset)] {
    [(.training, training)] + (validation.map { [(.validation, $0)] } ?? []) + (test.map { [(.test, $0)] } ?? [])
  }

  /// Uses the splits that the data assigns. If it assigns none, draws a training and a test split at random, with
  /// `fraction` of each class in the test split and all examples of a group together. `path` is for error messages.
  /// Throws ``DatasetError/noSuchSplit(_:path:)`` if the data is split but has no training split.
  package init(
    of dataset: Dataset, testFraction fraction: Double, groupedBy group: ((Example) -> String)? = nil, seed: UInt64,
    path: String
  ) throws(DatasetError) {
    guard dataset.isSplit else {
      let (rest, drawn) = Self.draw(fraction, of: dataset, groupedBy: group, seed: seed)
      (training, validation, test, draw) = (rest, nil, drawn.count > 0 ? drawn : nil, (fraction, seed))
      return
    }
    guard let named = dataset.subset(.training) else { throw .noSuchSplit(.training, path: path) }
    (training, validation, test, draw) = (named, dataset.subset(.validation), dataset.subset(.test), nil)
  }

  package init(training: Dataset, test: Dataset? = nil) {
    (self.training, validation, self.test, draw) = (training, nil, test, nil)
  }

  /// Moves a random fifth of the training split to a validation split, unless there is a validation split already.
  package mutating func drawValidation(groupedBy group: ((Example) -> String)? = nil, seed: UInt64) {
    guard validation == nil else { return }
    let (rest, drawn) = Self.draw(0.2, of: training, groupedBy: group, seed: seed &+ 1)
    if drawn.count > 0 { (training, validation) = (rest, drawn) }
  }

  /// Removes examples from the validation and the test split. A split that becomes empty is removed.
  package mutating func drop(where isDropped: (Split, Example) -> Bool) {
    func cleaned(_ split: Split, _ dataset: Dataset?) -> Dataset? {
      guard let dataset else { return nil }
      let kept = dataset.examples.indices.filter { !isDropped(split, dataset.examples[$0]) }
      return kept.isEmpty ? nil : kept.count == dataset.count ? dataset : dataset.subset(kept)
    }
    (validation, test) = (cleaned(.validation, validation), cleaned(.test, test))
  }

  private static func draw(
    _ fraction: Double, of dataset: Dataset, groupedBy group: ((Example) -> String)?, seed: UInt64
  ) -> (rest: Dataset, drawn: Dataset) {
    let parts =
      group.map { dataset.split(test: fraction, groupedBy: $0, seed: seed) }
      ?? dataset.split(test: fraction, seed: seed)
    return (parts.training, parts.test)
  }
}
