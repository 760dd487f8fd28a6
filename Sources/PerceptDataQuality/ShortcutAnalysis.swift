public import PerceptDatasets
import PerceptImages
public import PerceptModels
import PerceptTraining

/// How much of a model's score is there already when only a clue is left of each picture. Where that is most of it, nothing says that
/// the model looks at more.
///
/// For each clue a neuron learns from training pictures of which only that is left, and is judged on test pictures of which only
/// that is left. It sees them at 32 x 32 at most, learns from 2,000 at most, and is kept from learning them by heart.
public struct ShortcutAnalysis: Sendable {
  /// What a neuron makes of a clue.
  public struct Finding: Sendable, Hashable {
    /// All that it sees.
    public let ablation: InputAblation
    /// How many of the test pictures it gets right.
    public let score: Score
  }

  /// How many of the test pictures the model gets right.
  public let score: Score
  /// The clues, the one that explains the most first; coarse pixels, which keep the most of a picture, last.
  public let findings: [Finding]
  private let color: ColorMode
  /// Whether the model is better than always answering the majority class, and not by chance.
  private let isProven: Bool

  private static let side = 32
  private static let mostExamples = 2000

  /// Looks for what explains a score.
  ///
  /// - Parameters:
  ///   - evaluation: the model's answers for test pictures.
  ///   - training: the pictures that it was trained on, made as the test pictures are.
  ///   - seed: what random places of pixels start from.
  /// - Throws: `DatasetError` when memory does not suffice; ``TrainingError`` when there is nothing to learn from.
  public init(of evaluation: Evaluation, training: Dataset, seed: UInt64 = 0) throws {
    let step = max(1, (training.count + Self.mostExamples - 1) / Self.mostExamples)
    let examples = training.subset(Array(stride(from: 0, to: training.count, by: step)))
    let small = (try examples.resized(toAtMost: Self.side), try evaluation.dataset.resized(toAtMost: Self.side))
    let start = Network(inputs: small.0.featureCount, classes: training.classNames.count)
    let findings = try InputAblation.allCases.compactMap { ablation -> Finding? in
      let seen = try small.0.reduced(to: ablation, seed: seed)
      // Of pictures of a few pixels it may leave everything.
      guard !seen.hasImages(of: small.0) else { return nil }
      let run = try Trainer.stronglyRegularized(for: seen).fit(start, to: seen)
      // Other places than in any training picture.
      let judged = try small.1.reduced(to: ablation, seed: seed &+ UInt64(small.0.count))
      return Finding(ablation: ablation, score: try run.classifier.evaluate(on: judged).score)
    }
    score = evaluation.score
    isProven = evaluation.verdict.finding == .better
    color = training.preprocessing.color
    func rank(_ finding: Finding) -> (Int, Int, Int) {
      (
        finding.ablation == .coarsePixels ? 1 : 0, -finding.score.correct,
        InputAblation.allCases.firstIndex(of: finding.ablation) ?? 0
      )
    }
    self.findings = findings.sorted { rank($0) < rank($1) }
  }

  /// How much of what the model gets right beyond always answering the majority class a finding gets right too, 1 for all of it; nil
  /// where the model gets no more right than that.
  public func share(of finding: Finding) -> Double? {
    let beyond = score.correct - score.majorityCount
    return beyond > 0 ? Double(finding.score.correct - score.majorityCount) / Double(beyond) : nil
  }

  /// The clues with at least half of the score.
  public var strong: [Finding] { findings.filter { share(of: $0).map { $0 >= 0.5 } ?? false } }

  /// What was found, in a sentence or two.
  public var sentence: String {
    let always = "always answering \(score.majorityClass)"
    guard score.correct > score.majorityCount else {
      return "The model is right no more often than \(always), so there is no score that a shortcut could explain."
    }
    let best = findings.max { $0.score.correct < $1.score.correct }
    guard let first = strong.first ?? best else { return "The pictures are too small for shortcuts." }
    guard isProven else {
      return
        "It may be chance that the model is right more often than \(always), so how much of its score a shortcut explains "
        + "cannot be told; more test pictures would help."
    }
    let compared =
      "a neuron that sees nothing else gets \(words(first.score)) right, this model \(words(score)), and \(always) "
      + "\(score.majorityCount)."
    guard let share = share(of: first), share >= 0.5 else {
      return "No shortcut explains half of the score. The best is \(first.ablation.name(color)): \(compared)"
    }
    let others = strong.dropFirst().map { "\($0.ablation.name(color)) (\($0.score.correct))" }
    let more = others.isEmpty ? "" : " At least half of it is also in \(others.joined(separator: ", in "))."
    return
      "\(share >= 0.9 ? "All" : "Most") of the score is already in \(first.ablation.name(color)): \(compared)\(more)"
  }

  private func words(_ score: Score) -> String { "\(score.correct) of \(score.count)" }
}

extension Dataset {
  /// Whether all pictures are those of another dataset.
  fileprivate func hasImages(of other: Dataset) -> Bool {
    examples.indices.allSatisfy { row in
      withFeatures(of: row) { mine in other.withFeatures(of: row) { mine.elementsEqual($0) } }
    }
  }

  /// The same examples with pictures of which only a clue is left.
  fileprivate func reduced(to ablation: InputAblation, seed: UInt64) throws -> Dataset {
    try changed(to: preprocessing) { image, row in ablation.image(of: image, seed: seed &+ UInt64(row)) }
  }
}
