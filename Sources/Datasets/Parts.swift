/// The datasets of a training.
package struct Parts: Sendable {
  package private(set) var training: Dataset
  package private(set) var validation: Dataset?
  package let test: Dataset?
  /// How the test part was drawn; nil where the data itself was split.
  package let draw: (fraction: Double, seed: UInt64)?

  /// The parts there are, by the names they are reported under.
  package var named: [(name: String, dataset: Dataset)] {
    [("train", training)] + (validation.map { [("val", $0)] } ?? []) + (test.map { [("test", $0)] } ?? [])
  }

  /// The parts that the data itself names, otherwise a training and a test part drawn at random.
  ///
  /// - Parameters:
  ///   - dataset: all examples.
  ///   - fraction: the share of each class that is for testing, where that is drawn.
  ///   - seed: what the draw starts from.
  ///   - path: what errors call the data.
  /// - Throws: ``DatasetError/noSuchPart(_:path:)`` where the data is split but has no training part.
  package init(of dataset: Dataset, testFraction fraction: Double, seed: UInt64, path: String) throws(DatasetError) {
    guard dataset.isSplit else {
      let (rest, drawn) = dataset.split(test: fraction, seed: seed)
      (training, validation, test, draw) = (rest, nil, drawn.count > 0 ? drawn : nil, (fraction, seed))
      return
    }
    guard let named = dataset.part(.training) else { throw .noSuchPart(.training, path: path) }
    (training, validation, test, draw) = (named, dataset.part(.validation), dataset.part(.test), nil)
  }

  /// Makes a fifth of the training pictures a validation part, where there is none.
  package mutating func drawValidation(seed: UInt64) {
    guard validation == nil else { return }
    let (rest, drawn) = training.split(test: 0.2, seed: seed &+ 1)
    if drawn.count > 0 { (training, validation) = (rest, drawn) }
  }
}
