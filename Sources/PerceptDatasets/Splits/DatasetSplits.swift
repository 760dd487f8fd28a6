/// The datasets of a training.
package struct DatasetSplits: Sendable {
  package private(set) var training: Dataset
  package private(set) var validation: Dataset?
  package private(set) var test: Dataset?
  /// How the test part was drawn; nil where the data itself was split.
  package let draw: (fraction: Double, seed: UInt64)?

  /// The parts there are, by the names they are reported under.
  package var named: [(name: String, dataset: Dataset)] {
    [("train", training)] + (validation.map { [("val", $0)] } ?? []) + (test.map { [("test", $0)] } ?? [])
  }

  /// The parts there are, with what each is for, in the order in which they are used.
  package var inOrder: [(split: Split, dataset: Dataset)] {
    [(.training, training)] + (validation.map { [(.validation, $0)] } ?? []) + (test.map { [(.test, $0)] } ?? [])
  }

  /// The parts that the data itself names, otherwise a training and a test part drawn at random.
  ///
  /// - Parameters:
  ///   - dataset: all examples.
  ///   - fraction: the share of each class that is for testing, where that is drawn.
  ///   - group: what examples have in common that must not be drawn to both sides; nil where each stands for itself.
  ///   - seed: what the draw starts from.
  ///   - path: what errors call the data.
  /// - Throws: ``DatasetError/noSuchSplit(_:path:)`` where the data is split but has no training part.
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

  /// Parts that are there already.
  package init(training: Dataset, test: Dataset? = nil) {
    (self.training, validation, self.test, draw) = (training, nil, test, nil)
  }

  /// Makes a fifth of the training pictures a validation part, where there is none.
  package mutating func drawValidation(groupedBy group: ((Example) -> String)? = nil, seed: UInt64) {
    guard validation == nil else { return }
    let (rest, drawn) = Self.draw(0.2, of: training, groupedBy: group, seed: seed &+ 1)
    if drawn.count > 0 { (training, validation) = (rest, drawn) }
  }

  /// Leaves examples out of the validation and the test split.
  ///
  /// - Parameter isDropped: whether an example of a split is left out; a split of which nothing is left is none.
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
