import PerceptDataQuality
package import PerceptDatasets
import PerceptImages
import PerceptInterpretation
import PerceptModels
import PerceptTraining

extension Report {
  /// How much of the score something simpler than the model has too; nothing where it is not known what was learned from.
  var shortcutSection: String {
    guard let training, let shortcuts = try? ShortcutAnalysis(of: evaluation, training: training) else { return "" }
    return shortcuts.section(examples: training)
  }
}

extension ShortcutAnalysis {
  func section(examples dataset: Dataset) -> String {
    Page.section("Could it be something simpler?", parts(examples: dataset))
  }

  /// What was found, in words and pictures.
  ///
  /// - Parameter dataset: where a picture to show is taken from.
  /// - Returns: HTML.
  package func parts(examples dataset: Dataset) -> [String] {
    let explanation =
      "Neurons were trained on pictures of which only one thing is left. What they get right needs no closer look, so a model that "
      + "gets little more right may have learned no more than that. Whether it may, only you can say: look at what is left. A "
      + "border of nothing but background tells places apart, not things."
    return [
      Page.paragraph(sentence), Page.paragraph(explanation),
      Page.figure(
        grid(of: dataset),
        caption: "A picture, what is left of it, and how many of the \(score.count) pictures are told by that."
      ),
    ]
  }

  private func grid(of dataset: Dataset) -> ImageGrid {
    let (color, image) = (
      dataset.preprocessing.color, dataset.preprocessing.image(of: dataset.withFeatures(of: 0, Array.init))
    )
    let whole = ImageGrid.Cell(image, title: ["the picture"], caption: [right(score) + ", this model"])
    let cells = findings.map { finding in
      ImageGrid.Cell(
        finding.ablation.image(of: image), title: [finding.ablation.name(color)], caption: [right(finding.score)])
    }
    return ImageGrid(title: "Shortcuts", summary: sentence, cells: [whole] + cells, columns: 5)
  }

  private func right(_ score: Score) -> String { "\(Ticks.percent(score.accuracy)) right" }
}
