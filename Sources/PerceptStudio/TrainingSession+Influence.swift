import PerceptDatasets
import PerceptFigures
import PerceptIO
import PerceptImages
import PerceptInterpretation
import PerceptModels
import PerceptTraining

/// The training photos that a neuron is made of.
extension TrainingSession {
  /// The training photos that the weights are made of.
  var influence: String {
    guard settings.hidden.isEmpty else {
      return Page.paragraph(
        "With hidden layers the weights are no sum of photos any more; set hidden units to none to see the recipe.")
    }
    guard let coefficients = run.coefficients else {
      return Page.paragraph(
        "With \(counted(splits.training.count, "photo")) it learns on pixels directly, and nobody keeps count of what each photo "
          + "adds.")
    }
    let count = splits.training.count
    let units = (0..<coefficients.count / count).map { unit in
      (names[names.count == 2 ? 1 : unit], Array(coefficients[unit * count..<(unit + 1) * count]))
    }
    let isCentered = run.classifier.record.settings.isAutomatic
    let photo = isCentered ? "each minus the mean photo, times its own number" : "each times its own number"
    let words =
      "The weights are nothing but a sum of the \(count) training photos, \(photo): W = Σ aᵢ·xᵢ. Each iteration, a photo adds "
      + "to its number what the neuron still got wrong about it; so the largest belong to the photos that were hardest to learn."
    return Page.paragraph(words)
      + units.map { ingredients(for: $0, $1, most: units.count == 1 ? 24 : 6) }.joined(separator: "\n")
  }

  private func ingredients(for name: String, _ coefficients: [Double], most: Int) -> String {
    let order = coefficients.indices.sorted { (abs(coefficients[$1]), $0) < (abs(coefficients[$0]), $1) }
    let items = order.prefix(most).map { index in
      trainingButton(index, number: Explanation.signed(coefficients[index]))
    }
    let (largest, total) = (
      order.prefix(most).reduce(0) { $0 + abs(coefficients[$1]) }, coefficients.reduce(0) { $0 + abs($1) }
    )
    let share = total > 0 ? Ticks.percent(largest / total) : "none"
    return Page.paragraph(
      "For \(name): the \(counted(items.count, "photo")) with the largest numbers hold \(share) of all. + adds the photo to the "
        + "weights, − takes it away.") + "<ol class=\"pictures\">\(items.joined())</ol>"
  }

  /// A button with a training photo and its number.
  func trainingButton(_ index: Int, number: String) -> String {
    let example = splits.training.examples[index]
    return button(
      "train", index, "\(names[example.label]) photo, \(FileSystem.name(of: example.file)), \(number)",
      caption: ["\(number) · \(names[example.label])", shortName(example.file)])
  }
}
