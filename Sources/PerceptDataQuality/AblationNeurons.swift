package import PerceptDatasets
import PerceptFeatures
import PerceptModels
import PerceptTraining

/// Neurons that see ablated images, for a ``ShortcutAnalysis`` of any model with the same images and preprocessing. For each
/// ``InputAblation``, a neuron (one per class for more than two classes) is trained on ablated training images and
/// evaluated on ablated test images. Its features are those of the model: HOG or those of a backbone are computed from
/// the ablated image. To prevent overfitting, it sees at most 32 x 32 pixels and is strongly regularized.
package struct AblationNeurons: Sendable {
  /// In the order of ``ShortcutAnalysis/findings``.
  package let findings: [ShortcutAnalysis.Finding]
  /// The indices of the test images that the neurons were evaluated on.
  package let testRows: [Int]

  private static let side = 32

  /// The largest number of images of a split; smaller where the features of an image take milliseconds.
  private static func mostExamples(_ extractor: FeatureExtractor) -> Int { extractor.backbone == nil ? 2000 : 400 }

  /// Trains a neuron for each ablation. Both datasets must have the same preprocessing. `progress` gets the number of
  /// completed ablations and the total. Throws `DatasetError` if the features do not fit into memory; `TrainingError` if a
  /// neuron cannot be trained; as `Dataset.prepared(_:)` if the features are not pixels. For such features, an image is
  /// decoded and its features are computed once for each ablation.
  package init(
    training: Dataset, test: Dataset, seed: UInt64 = 0, progress: ((Int, Int) -> Void)? = nil
  ) throws {
    let extractor = training.preprocessing.extractor
    let most = Self.mostExamples(extractor)
    testRows = extractor.backbone == nil ? Array(0..<test.count) : test.spread(most)
    let learned = try training.subset(training.spread(most)).resized(toAtMost: Self.side)
    let judged = try test.subset(testRows).resized(toAtMost: Self.side)
    let start = Network(inputs: learned.featureCount, classes: training.classNames.count)
    let ablations = InputAblation.allCases
    let findings = try ablations.enumerated().compactMap { index, ablation -> ShortcutAnalysis.Finding? in
      progress?(index, ablations.count)
      defer { progress?(index + 1, ablations.count) }
      let seen = try learned.reduced(to: ablation, seed: seed)
      // An ablation can leave images of a few pixels unchanged.
      guard !seen.hasFeatures(of: learned) else { return nil }
      let run = try Trainer.stronglyRegularized(for: seen).fit(start, to: seen)
      // Seeds, and so permutations of the pixels, that no training image has.
      let other = try judged.reduced(to: ablation, seed: seed &+ UInt64(learned.count))
      return ShortcutAnalysis.Finding(ablation: ablation, score: try run.classifier.evaluate(on: other).score)
    }
    func rank(_ finding: ShortcutAnalysis.Finding) -> (Int, Int, Int) {
      (
        finding.ablation == .coarsePixels ? 1 : 0, -finding.score.correct,
        InputAblation.allCases.firstIndex(of: finding.ablation) ?? 0
      )
    }
    self.findings = findings.sorted { rank($0) < rank($1) }
  }
}

extension Dataset {
  /// Returns the indices of about `most` examples: the same share of each class, at least one example, evenly spaced.
  fileprivate func spread(_ most: Int) -> [Int] {
    guard count > most else { return Array(0..<count) }
    let rows = Dictionary(grouping: examples.indices) { examples[$0].label }
    return rows.values.flatMap { rows in
      let kept = max(1, rows.count * most / count)
      return (0..<kept).map { rows[$0 * rows.count / kept] }
    }.sorted()
  }

  /// Returns whether all features are the same as those of another dataset with as many examples.
  fileprivate func hasFeatures(of other: Dataset) -> Bool {
    examples.indices.allSatisfy { row in
      withFeatures(of: row) { mine in other.withFeatures(of: row) { mine.elementsEqual($0) } }
    }
  }

  /// Returns the same examples with the features of ablated images.
  fileprivate func reduced(to ablation: InputAblation, seed: UInt64) throws -> Dataset {
    try changed(to: preprocessing) { image, row in ablation.image(of: image, seed: seed &+ UInt64(row)) }
  }
}
