/// The datasets of a training.
package struct Parts: Sendable {
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
  package var inOrder: [(part: Part, dataset: Dataset)] {
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
  /// - Throws: ``DatasetError/noSuchPart(_:path:)`` where the data is split but has no training part.
  package init(
    of dataset: Dataset, testFraction fraction: Double, groupedBy group: ((Example) -> String)? = nil, seed: UInt64,
    path: String
  ) throws(DatasetError) {
    guard dataset.isSplit else {
      let (rest, drawn) = Self.draw(fraction, of: dataset, groupedBy: group, seed: seed)
      (training, validation, test, draw) = (rest, nil, drawn.count > 0 ? drawn : nil, (fraction, seed))
      return
    }
    guard let named = dataset.part(.training) else { throw .noSuchPart(.training, path: path) }
    (training, validation, test, draw) = (named, dataset.part(.validation), dataset.part(.test), nil)
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

  /// Leaves pictures out of the parts that judge.
  package mutating func drop(_ leaks: [Leak]) {
    let files = Dictionary(grouping: leaks, by: \.part).mapValues { Set($0.map(\.example.file)) }
    func cleaned(_ part: Part, _ dataset: Dataset?) -> Dataset? {
      guard let dataset, let files = files[part] else { return dataset }
      let kept = dataset.examples.indices.filter { !files.contains(dataset.examples[$0].file) }
      return kept.isEmpty ? nil : dataset.subset(kept)
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
