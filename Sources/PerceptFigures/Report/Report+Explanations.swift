import PerceptDatasets
import PerceptFeatures
import PerceptInterpretation
import PerceptModels
import PerceptTraining

extension Report {
  private static let mostExplained = 4

  var explanationSection: String {
    let mistakes = Array(mistakes.prefix(Self.mostExplained))
    let rows = mistakes.isEmpty ? firstOfEachClass : mistakes
    let mean = classifier.network.layers.count > 1 ? training?.meanFeatures : nil
    let intro =
      (mistakes.isEmpty
        ? "No image is misclassified; these are some of the images." : "The mistakes with the largest loss.")
      + " Each row shows the image, "
      + (classifier.preprocessing.extractor == .pixels
        ? "the attributions of its pixels, a counterfactual (the smallest change found that flips the answer), and the "
          + "difference between it and the image."
        : "the attributions of its parts, and the smallest part found that flips the answer if it is hidden.")
    return Page.section(
      "Explanations", id: "explanations",
      [Page.paragraph(intro), columns(rows.map { figure($0, mean: mean) } + [wide(hiddenUnits)], class: "two")])
  }

  private var firstOfEachClass: [Int] {
    let first = evaluation.dataset.firstRows(of: Array(classifier.classNames.indices), atMost: 1)
    return Array(first.prefix(Self.mostExplained))
  }

  private func figure(_ row: Int, mean: [Double]?) -> String {
    let dataset = evaluation.dataset
    let example = dataset.examples[row]
    guard let image = try? dataset.prepared(row),
      let explanation = try? Explanation(classifier, of: image, mean: mean)
    else { return Page.paragraph("\(name(of: example.file)) can no longer be read.") }
    let z = Explanation.signed(explanation.attributions.logit)
    let sum = explanation.summands.map { "\($0.name) \(Explanation.signed($0.value))" }.joined(separator: ", ")
    return Page.figure(
      ImageGrid(title: "", summary: "", cells: explanation.cells(), columns: 4),
      caption:
        "\(name(of: example.file)), labeled \(dataset.classNames[example.label]). \(explanation.attributionSentence) "
        + "z for \(explanation.className) is \(z): \(sum). \(explanation.counterfactualSentence)")
  }

  private var hiddenUnits: String {
    let grid = try? ImageGrid.hiddenUnits(of: classifier, on: training ?? evaluation.dataset, limit: 8)
    return grid.flatMap(\.self).map { Page.figure($0, caption: $0.summary) } ?? ""
  }
}
