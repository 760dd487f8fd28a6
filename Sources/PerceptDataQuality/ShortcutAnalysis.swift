package import PerceptDatasets
import PerceptFeatures
import PerceptImages
package import PerceptModels

/// Measures how much of a model's accuracy is reached when most of each image is removed. If it is most of the
/// accuracy, there is no evidence that the model uses more than what remains.
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

  /// Compares the evaluation of a model with neurons that see ablated images. `evaluation` is that of the model on the
  /// test images of `neurons`.
  package init(of evaluation: Evaluation, comparedWith neurons: AblationNeurons) {
    let evaluation = evaluation.subset(neurons.testRows)
    score = evaluation.score
    isProven = evaluation.verdict.finding == .better
    color = evaluation.dataset.preprocessing.color
    findings = neurons.findings
  }

  /// Trains ``AblationNeurons``, and compares the evaluation of a model with them. `evaluation` is that of the model on
  /// test images, `training` the images that it was trained on. Throws as `AblationNeurons.init`.
  package init(of evaluation: Evaluation, training: Dataset, progress: ((Int, Int) -> Void)? = nil) throws {
    self.init(
      of: evaluation,
      comparedWith: try AblationNeurons(training: training, test: evaluation.dataset, progress: progress))
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
