package import PerceptDatasets
import PerceptFeatures
import PerceptImages
package import PerceptModels
import PerceptTraining

/// Measures how much of a model's accuracy is reached when most of each image is removed. If it is most of the
/// accuracy, there is no evidence that the model uses more than what remains. For each ``InputAblation``, a neuron (one
/// per class for more than two classes) is trained on ablated training images and evaluated on ablated test images. To
/// prevent overfitting, it sees at most 32 x 32 pixels of at most 2000 images and is strongly regularized. It sees pixels also
/// if the features of the model are others.
package struct ShortcutAnalysis: Sendable {
  package struct Finding: Sendable, Hashable {
    package let ablation: InputAblation
    /// The score of the neuron on the ablated test images.
    package let score: Score
  }

  /// The score of the model on the original test images.
  package let score: Score
  /// The results, in descending order of correct answers; ``InputAblation/coarsePixels``, which keeps most of an image,
  /// is last. Ablations that leave the images unchanged are not included.
  package let findings: [Finding]
  private let color: ColorMode
  /// Whether the model is significantly better than always answering the majority class.
  private let isProven: Bool

  private static let side = 32
  private static let mostExamples = 2000

  /// Trains and evaluates a neuron for each ablation. `evaluation` is that of the model on test images, `training` the
  /// images that it was trained on, with the same preprocessing. Throws `DatasetError` if the pixels do not fit into
  /// memory; ``TrainingError`` if a neuron cannot be trained.
  package init(of evaluation: Evaluation, training: Dataset, seed: UInt64 = 0) throws {
    let step = max(1, (training.count + Self.mostExamples - 1) / Self.mostExamples)
    let examples = training.images.subset(Array(stride(from: 0, to: training.count, by: step)))
    let small = (try examples.resized(toAtMost: Self.side), try evaluation.dataset.images.resized(toAtMost: Self.side))
    let start = Network(inputs: small.0.featureCount, classes: training.classNames.count)
    let findings = try InputAblation.allCases.compactMap { ablation -> Finding? in
      let seen = try small.0.reduced(to: ablation, seed: seed)
      // An ablation can leave images of a few pixels unchanged.
      guard !seen.hasImages(of: small.0) else { return nil }
      let run = try Trainer.stronglyRegularized(for: seen).fit(start, to: seen)
      // Seeds, and so permutations of the pixels, that no training image has.
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

  /// Returns the share of the model's accuracy above the majority class that a finding reaches:
  /// (correct answers of the neuron - m) / (correct answers of the model - m), where m is the number of examples of the
  /// majority class. It is 1 if the neuron is as accurate as the model, negative if the neuron is less accurate than
  /// always answering the majority class, and nil if the model is not more accurate than that.
  package func share(of finding: Finding) -> Double? {
    let beyond = score.correct - score.majorityCount
    return beyond > 0 ? Double(finding.score.correct - score.majorityCount) / Double(beyond) : nil
  }

  /// The findings with a share of at least 0.5 (see ``share(of:)``).
  package var strong: [Finding] { findings.filter { share(of: $0).map { $0 >= 0.5 } ?? false } }

  /// The result in one to three sentences.
  package var sentence: String {
    let always = "always answering \(score.majorityClass)"
    guard score.correct > score.majorityCount else {
      return "The model is no more accurate than \(always), so there is no accuracy for a shortcut to explain."
    }
    let best = findings.max { $0.score.correct < $1.score.correct }
    guard let first = strong.first ?? best else {
      return "The images are too small to test the model's accuracy for shortcuts."
    }
    guard isProven else {
      return
        "The model is not significantly better than \(always), so it is unknown how much of its accuracy a shortcut "
        + "explains; evaluate it on more test images."
    }
    let neuron = "a neuron that sees only \(input(first.ablation))"
    let compared =
      "it classifies \(first.score.correct) of \(score.count) images correctly, the model \(score.correct), and "
      + "\(always) \(score.majorityCount)."
    guard let share = share(of: first), share >= 0.5 else {
      return
        "No shortcut reaches half of the model's accuracy above the majority class. The best is \(neuron): \(compared)"
    }
    let others = strong.dropFirst().map { "\($0.ablation.name(color)) (\($0.score.correct))" }
    let more = others.isEmpty ? "" : " At least half is also reached with \(others.joined(separator: ", with "))."
    let reached = share >= 1 ? "All" : "\(Int((100 * share).rounded())) %"
    return "\(reached) of the model's accuracy above the majority class is reached by \(neuron): \(compared)\(more)"
  }

  private func input(_ ablation: InputAblation) -> String {
    switch ablation {
    case .border, .meanColor: "\(ablation.name(color)) of each image"
    case .shuffledPixels: "the shuffled pixels of each image"
    case .coarsePixels: "each image reduced to 8 x 8 pixels"
    }
  }
}

extension Dataset {
  /// Returns whether all images are the same as those of another dataset with as many examples.
  fileprivate func hasImages(of other: Dataset) -> Bool {
    examples.indices.allSatisfy { row in
      withFeatures(of: row) { mine in other.withFeatures(of: row) { mine.elementsEqual($0) } }
    }
  }

  /// Returns the same examples with ablated images.
  fileprivate func reduced(to ablation: InputAblation, seed: UInt64) throws -> Dataset {
    try changed(to: preprocessing) { image, row in ablation.image(of: image, seed: seed &+ UInt64(row)) }
  }
}
