/// The training split of a dataset with its validation and test splits, if any. Exact copies of training images (with
/// identical files) are left out of the validation and the test split, and copies of validation images out of the test
/// split, because the accuracy on them would overestimate the accuracy on new images.
package struct DatasetSplits: Sendable {
  package private(set) var training: Dataset
  package private(set) var validation: Dataset?
  package private(set) var test: Dataset?
  /// How the test split was drawn, without the pattern of the groups; nil if it was not drawn at random.
  package var draw: SplitDraw?
  /// The copies that were left out of the validation and the test split.
  package private(set) var copies: [(split: Split, example: Example)] = []
  /// The number of test images that were left out because an earlier model has seen them.
  package private(set) var seenEarlier = 0

  /// The splits that exist, with the names that reports use, in the order train, val, test.
  package var named: [(name: String, dataset: Dataset)] { inOrder.map { ($0.split.rawValue, $0.dataset) } }

  package var inOrder: [(split: Split, dataset: Dataset)] {
    [(.training, training)] + (validation.map { [(.validation, $0)] } ?? []) + (test.map { [(.test, $0)] } ?? [])
  }

  /// The images that a model trained on these splits has seen.
  package var seen: SeenImages { SeenImages(training: training, validation: validation) }

  /// Uses the splits that the data assigns. If it assigns none, draws a training and a test split at random, with
  /// `fraction` of each class in the test split and all examples of a group together. Images in `seen`, such as those
  /// that an earlier model was trained on, are never in the test split. `path` is for error messages. Throws
  /// ``DatasetError/noSuchSplit(_:path:)`` if the data is split but has no training split.
  package init(
    of dataset: Dataset, testFraction fraction: Double, groupedBy group: ((Example) -> String)? = nil,
    excluding seen: SeenImages? = nil, seed: UInt64, path: String
  ) throws(DatasetError) {
    if dataset.isSplit {
      guard let named = dataset.subset(.training) else { throw .noSuchSplit(.training, path: path) }
      (training, validation, draw) = (named, dataset.subset(.validation), nil)
      test = dataset.subset(.test)
      if let seen, let parts = test?.partition(by: seen) {
        (test, seenEarlier) = (parts.unseen.nonempty, parts.seen.count)
      }
    } else {
      let (rest, drawn) = Self.draw(fraction, of: dataset, groupedBy: group, excluding: seen, seed: seed)
      (training, validation, test, draw) = (
        rest, nil, drawn.nonempty, SplitDraw(testFraction: fraction, seed: seed)
      )
    }
    leaveOutCopies()
  }

  /// Uses the splits as they are, with their copies.
  package init(training: Dataset, test: Dataset? = nil) {
    (self.training, validation, self.test, draw) = (training, nil, test, nil)
  }

  /// Moves a random fifth of the training split to a validation split, unless there is a validation split already.
  package mutating func drawValidation(groupedBy group: ((Example) -> String)? = nil, seed: UInt64) {
    guard validation == nil else { return }
    let (rest, drawn) = Self.draw(0.2, of: training, groupedBy: group, seed: seed &+ 1)
    if drawn.count > 0 { (training, validation) = (rest, drawn) }
    leaveOutCopies()
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

  private mutating func leaveOutCopies() {
    if let (kept, left) = validation?.partition(by: SeenImages(training: training)), left.count > 0 {
      validation = kept.nonempty
      copies += left.examples.map { (.validation, $0) }
    }
    if let (kept, left) = test?.partition(by: seen), left.count > 0 {
      test = kept.nonempty
      copies += left.examples.map { (.test, $0) }
    }
  }

  private static func draw(
    _ fraction: Double, of dataset: Dataset, groupedBy group: ((Example) -> String)?, excluding seen: SeenImages? = nil,
    seed: UInt64
  ) -> (rest: Dataset, drawn: Dataset) {
    let canDraw = seen.map { dataset.splits(in: $0).map { $0 == nil } }
    let parts =
      group.map { dataset.split(test: fraction, groupedBy: $0, among: canDraw, seed: seed) }
      ?? dataset.split(test: fraction, among: canDraw, seed: seed)
    return (parts.training, parts.test)
  }
}

extension Dataset {
  /// This dataset; nil if it is empty.
  package var nonempty: Dataset? { count > 0 ? self : nil }
}
