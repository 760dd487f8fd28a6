import PerceptModels

/// The complexity of a candidate. Of two equally accurate candidates, the simpler one is preferable, because it is less
/// prone to overfitting.
package struct Complexity: Sendable, Hashable {
  /// The number of weights and biases.
  package let parameters: Int
  /// The number of images processed in all updates together. An image counts each time that it is used.
  package let work: Double
  package let l2: Double

  /// `examples` is the number of training images.
  init(_ candidate: CrossValidation.Candidate, examples: Int) {
    let configuration = candidate.trainer.configuration
    parameters = ParameterLayout(inputs: candidate.network.inputs, candidate.network.layers).count
    let size = min(configuration.batchSize ?? examples, examples)
    let batches = Trainer.iterations(epochs: 1, examples: examples, batchSize: size)
    // Only the last batch of an epoch can be smaller than the others.
    let (epochs, rest) = configuration.iterations.quotientAndRemainder(dividingBy: batches)
    work = Double(epochs) * Double(examples) + Double(rest * size)
    l2 = configuration.l2
  }
}

extension Complexity: Comparable {
  /// Returns whether `a` is simpler: fewer parameters, then less work, then a larger penalty.
  package static func < (a: Complexity, b: Complexity) -> Bool {
    (a.parameters, a.work, -a.l2) < (b.parameters, b.work, -b.l2)
  }
}
