import PerceptDatasets
import PerceptImages
import PerceptModels

/// The images that the model gets wrong.
extension Report {
  /// The misclassified images, the largest loss first: the label has the lowest probability.
  var mistakes: [Int] {
    evaluation.outcomes.enumerated().filter { !$1.isCorrect }
      .sorted { (labelProbability($0.element), $0.offset) < (labelProbability($1.element), $1.offset) }
      .map(\.offset)
  }

  private func labelProbability(_ outcome: Evaluation.Outcome) -> Double {
    outcome.prediction.probabilities[outcome.example.label]
  }

  /// An image with its label, the prediction, and its file.
  func mistakeCell(_ row: Int) -> ImageGrid.Cell {
    let (outcome, names) = (evaluation.outcomes[row], evaluation.classNames)
    let (predicted, label) = (outcome.prediction.label, outcome.example.label)
    let own = names.count > 2 ? ["\(names[label]) only \(shown(labelProbability(outcome)))"] : []
    return ImageGrid.Cell(
      evaluation.dataset.shownImage(of: row), title: [names[label], "not \(names[predicted])"],
      caption: ["predicted \(names[predicted]), \(shown(outcome.prediction.probability))"] + own
        + [name(of: outcome.example.file)])
  }

  /// A probability as a percentage, at most 99.9 % unless it is 1.
  private func shown(_ probability: Double) -> String {
    probability < 1 && probability >= 0.9995 ? "over 99.9 %" : Ticks.percent(probability)
  }

  private static let mostMistakes = 16

  var mistakesSection: String {
    let rows = mistakes
    guard !rows.isEmpty else {
      return Page.section("Mistakes", id: "mistakes", [Page.paragraph("No image is misclassified.")])
    }
    let shown = rows.prefix(Self.mostMistakes)
    let more = rows.count > shown.count ? " The first \(shown.count) of \(rows.count)." : ""
    let grid = ImageGrid(title: "", summary: "", cells: shown.map(mistakeCell), columns: 8)
    return Page.section(
      "Mistakes", id: "mistakes",
      [
        pairsList,
        Page.figure(
          grid,
          caption:
            "The misclassified images, the largest loss first: their label has the lowest probability."
            + "\(more) Mistakes of high probability are often wrong labels or unusual images."),
      ])
  }

  private static let (mostPairs, mostImages) = (10, 4)

  /// The most frequent confusions of more than two classes, with images; empty if there are none.
  private var pairsList: String {
    let confusions = evaluation.confusions
    guard evaluation.classNames.count > 2, !confusions.isEmpty else { return "" }
    let shown = Array(confusions.prefix(Self.mostPairs))
    let images = images(of: shown)
    let items = zip(shown, images).map { pair, rows in
      let (label, other) = (evaluation.classNames[pair.label], evaluation.classNames[pair.prediction])
      let photos = rows.map { row in
        let words = "\(label) predicted as \(other), \(name(of: evaluation.outcomes[row].example.file))"
        return
          "<span title=\"\(escaped(words))\">\(Page.image(evaluation.dataset.shownImage(of: row), alt: "Image: \(words)"))</span>"
      }
      return "<li><p><b>\(escaped(label))</b> predicted as <b>\(escaped(other))</b><br>"
        + "<small>\(pair.count) of \(counted(pair.labelled, "image")), \(Ticks.percent(pair.share.value).replacing(" ", with: "\u{A0}"))</small></p>"
        + "<div class=\"row\">\(photos.joined())</div></li>"
    }
    let more = confusions.count > shown.count ? " Showing \(shown.count) of \(confusions.count) pairs of classes." : ""
    return "<h3>The most frequent confusions</h3>\n"
      + Page.paragraph("Images of a class that are predicted as another class, with the most confident ones.\(more)")
      + "\n<ol class=\"pairs\">\n\(items.joined(separator: "\n"))\n</ol>\n<h3>The largest losses</h3>"
  }

  /// The rows of the most confident predictions of each confusion. O(n log n) for n images.
  private func images(of confusions: [Confusion]) -> [[Int]] {
    let places = Dictionary(uniqueKeysWithValues: confusions.enumerated().map { ([$1.label, $1.prediction], $0) })
    var rows = Array(repeating: [Int](), count: confusions.count)
    for (row, outcome) in evaluation.outcomes.enumerated() {
      if let place = places[[outcome.example.label, outcome.prediction.label]] { rows[place].append(row) }
    }
    func confidence(_ row: Int) -> Double { evaluation.outcomes[row].prediction.probability }
    return rows.map { Array($0.sorted { (confidence($1), $0) < (confidence($0), $1) }.prefix(Self.mostImages)) }
  }
}
