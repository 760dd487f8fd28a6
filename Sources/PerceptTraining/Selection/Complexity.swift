import PerceptModels

/// What a candidate needs to learn. Of two that do equally well, the simpler one is the better bet: it has less room to learn
/// what is only chance.
public struct Complexity: Sendable, Hashable {
  /// How many weights and biases there are.
  public let parameters: Int
  /// How many pictures are looked at in all updates together, each counted as often as it is looked at.
  public let work: Double
  /// λ of the L2 penalty, which keeps weights small.
  public let l2: Double

  /// - Parameters:
  ///   - candidate: settings.
  ///   - examples: how many training pictures there are.
  init(_ candidate: CrossValidation.Candidate, examples: Int) {
    let trainer = candidate.trainer
    parameters = ParameterLayout(inputs: candidate.network.inputs, candidate.network.layers).count
    let size = min(trainer.batchSize ?? examples, examples)
    let batches = Trainer.iterations(epochs: 1, examples: examples, batchSize: size)
    // Only the last batch of an epoch may be smaller than the others.
    let (epochs, rest) = trainer.iterations.quotientAndRemainder(dividingBy: batches)
    work = Double(epochs) * Double(examples) + Double(rest * size)
    l2 = trainer.objective.l2
  }
}

extension Complexity: Comparable {
  /// Whether `a` is simpler: by fewer parameters, then by less work, then by a larger penalty.
  public static func < (a: Complexity, b: Complexity) -> Bool {
    (a.parameters, a.work, -a.l2) < (b.parameters, b.work, -b.l2)
  }
}
