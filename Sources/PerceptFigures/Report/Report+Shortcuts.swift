import PerceptDataQuality
package import PerceptDatasets
import PerceptFeatures
import PerceptImages
import PerceptInterpretation
import PerceptModels
import PerceptTraining

extension Report {
  /// Empty if the training images are unknown.
  func shortcutSection(_ shortcuts: ShortcutAnalysis?) -> String {
    guard let training, let shortcuts else { return "" }
    return shortcuts.section(examples: training)
  }
}

extension ShortcutAnalysis {
  func section(examples dataset: Dataset) -> String {
    Page.section("Shortcuts", id: "shortcuts", parts(examples: dataset))
  }

  /// The findings as HTML elements. The first image of the nonempty dataset is the example.
  package func parts(examples dataset: Dataset) -> [String] {
    let explanation =
      "Simple classifiers were trained on images with most of the information removed (input ablation). If one of them is nearly "
      + "as accurate as the model, the model may rely on the same information. Look at what is left of the image to judge whether "
      + "that is legitimate: if the border shows only background, for example, the model may recognize places instead of objects."
    return [
      Page.paragraph(sentence), Page.paragraph(explanation),
      Page.figure(
        grid(of: dataset),
        caption: "An image, its ablations, and the share of \(score.count) images classified correctly from each."
      ),
    ]
  }

  private func grid(of dataset: Dataset) -> ImageGrid {
    let (color, image) = (
      dataset.preprocessing.color, dataset.image(of: 0)
    )
    let whole = ImageGrid.Cell(image, title: ["the whole image"], caption: [right(score) + ", this model"])
    let cells = findings.map { finding in
      ImageGrid.Cell(
        finding.ablation.image(of: image), title: [finding.ablation.name(color)], caption: [right(finding.score)])
    }
    return ImageGrid(title: "Shortcuts", summary: sentence, cells: [whole] + cells, columns: 5)
  }

  private func right(_ score: Score) -> String { "\(Ticks.percent(score.accuracy)) correct" }
}
