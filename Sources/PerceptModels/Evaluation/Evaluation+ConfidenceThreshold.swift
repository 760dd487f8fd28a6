import PerceptDatasets

extension Prediction {
  /// Whether the answer is at least so probable; otherwise better none is given.
  ///
  /// - Parameter probability: the least, 0 … 1.
  /// - Returns: whether ``probability`` reaches it.
  public func isConfident(atLeast probability: Double) -> Bool { self.probability >= probability }
}

extension Evaluation {
  /// The same for those pictures only whose answers are at least so probable: how right a classifier is that would rather say
  /// nothing than something improbable.
  ///
  /// - Parameter probability: the least, 0 … 1.
  /// - Returns: an evaluation of these pictures; nil where there are none.
  public func sure(atLeast probability: Double) -> Evaluation? {
    let rows = outcomes.indices.filter { outcomes[$0].prediction.isConfident(atLeast: probability) }
    guard !rows.isEmpty else { return nil }
    return Evaluation(dataset: dataset.subset(rows), outcomes: rows.map { outcomes[$0] })
  }
}
