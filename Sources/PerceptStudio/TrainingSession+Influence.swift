import PerceptDatasets
import PerceptFigures
import PerceptIO
import PerceptImages
import PerceptInterpretation
import PerceptModels
import PerceptTraining

/// Training influence: the coefficients with which training images make up the weights.
extension TrainingSession {
  /// The training images with the largest coefficients for each unit, as HTML; or the reason why there are none.
  var influence: String {
    guard settings.hidden.isEmpty else {
      return Page.paragraph(
        "With hidden layers, the weights are not a weighted sum of photos. To see that sum, set hidden units to none.")
    }
    guard let coefficients = run.coefficients else {
      return Page.paragraph(
        "With \(counted(splits.training.count, "training photo")), training updates the weights directly and does not track a "
          + "coefficient per photo.")
    }
    let count = splits.training.count
    let isCut = names.count > Evaluation.mostShownClasses
    let shown = isCut ? judged.evaluation.shownLabels : Array(0..<coefficients.count / count)
    let units = shown.map { unit in
      (names[names.count == 2 ? 1 : unit], Array(coefficients[unit * count..<(unit + 1) * count]))
    }
    let isCentered = run.classifier.record.configuration.scaling == .centered
    let photo = isCentered ? "each minus the mean photo, times a coefficient" : "each times a coefficient"
    let words =
      "The weights are made of photos: they are a weighted sum of the \(count) training photos, \(photo), W = Σ aᵢ·xᵢ. "
      + "Each iteration changes aᵢ in proportion to the error on photo i, so the photos that were hardest to learn have the "
      + "largest coefficients."
    let selection = isCut ? " Shown are the \(shown.count) of \(names.count) classes with the lowest F1 scores." : ""
    return Page.paragraph(words + selection)
      + units.map { largest(for: $0, $1, most: units.count == 1 ? 24 : 6) }.joined(separator: "\n")
  }

  private func largest(for name: String, _ coefficients: [Double], most: Int) -> String {
    let order = coefficients.indices.sorted { (abs(coefficients[$1]), $0) < (abs(coefficients[$0]), $1) }
    let items = order.prefix(most).map { index in
      trainingButton(index, number: Explanation.signed(coefficients[index]))
    }
    let (largest, total) = (
      order.prefix(most).reduce(0) { $0 + abs(coefficients[$1]) }, coefficients.reduce(0) { $0 + abs($1) }
    )
    let share = total > 0 ? Ticks.percent(largest / total) : "0 %"
    return Page.paragraph(
      "For \(name): the \(counted(items.count, "photo")) with the largest coefficients, \(share) of the sum of all "
        + "absolute coefficients. + adds the photo to the weights, − subtracts it.")
      + "<ol class=\"images\">\(items.joined())</ol>"
  }

  /// A list item with a button that shows a training image and a number about it.
  func trainingButton(_ index: Int, number: String) -> String {
    let example = splits.training.examples[index]
    return button(
      "train", index, "\(names[example.label]) photo, \(FileSystem.name(of: example.file)), \(number)",
      caption: [number, names[example.label], shortName(example.file)])
  }
}
