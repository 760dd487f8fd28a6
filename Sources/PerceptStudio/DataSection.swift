import PerceptDatasets
import PerceptFeatures
import PerceptFigures
import PerceptImages
import PerceptInterpretation
import PerceptModels

/// The section of the page that shows the dataset: counts, mean images and training images by class.
enum DataSection {
  static let mostPerClass = 36

  private static let purposes = ["train": "for training", "val": "for validation", "test": "for testing"]

  static func html(_ splits: DatasetSplits, _ query: String) -> String {
    let names = splits.training.classNames
    let counts = splits.named.map { name, dataset in
      "\(counted(dataset.count, "photo")) \(purposes[name] ?? name) (\(words(dataset.classCounts, names)))"
    }
    let drawn = splits.draw.map {
      " The test photos were drawn at random: \(Ticks.percent($0.testFraction)) of each class, seed \($0.seed)."
    }
    let sizes = splits.training.classCounts
    let figures = names.indices.prefix(Evaluation.mostShownClasses).map {
      figure(splits.training, $0, count: sizes[$0], query)
    }
    let more =
      figures.count < names.count
      ? Page.paragraph("The first \(figures.count) of \(names.count) classes are shown.") : ""
    return Page.paragraph("\(counts.joined(separator: "; ")).\(drawn ?? "")") + more
      + "<div class=\"classes\">\(figures.joined())</div>" + skipped(splits.training.skipped)
  }

  /// The number of photos of each class or, for many classes, of the smallest and the largest one.
  private static func words(_ counts: [Int], _ names: [String]) -> String {
    guard counts.count > Evaluation.mostShownClasses, let fewest = counts.min(), let most = counts.max() else {
      return zip(counts, names).map { "\($0) \($1)" }.joined(separator: ", ")
    }
    return "\(names.count) classes, each with " + (fewest == most ? "\(most)" : "\(fewest) to \(most)")
  }

  private static func figure(
    _ dataset: Dataset, _ label: Int, count: Int, _ query: String
  ) -> String {
    let name = escaped(dataset.classNames[label])
    let (query, preprocessing) = (escaped("label=\(label)&\(query)"), dataset.preprocessing)
    let shown = dataset.indices(of: label)
    let columns = shown.isEmpty ? 1 : Montage.columns(of: shown.count)
    return """
      <figure><h3>\(name)</h3><div class="mean"><img src="mean.png?\(query)" alt="The mean of all \(name) training photos" \
      width="96" height="96"><p>The mean of \(count) photos. \
      \(preprocessing.extractor == .pixels ? "The neuron sees only" : "Features are computed from") \(preprocessing.pixels).</p></div>\
      <div class="montage" tabindex="0" role="group" data-part="train" \
      data-indices="\(shown.map(String.init).joined(separator: " "))" data-columns="\(columns)" \
      aria-label="\(counted(shown.count, "\(name) photo")). Arrow keys choose one, Enter asks about it."><img src="montage.png?\(query)" \
      alt="\(counted(shown.count, "\(name) photo")) side by side"><i hidden></i></div></figure>
      """
  }

  private static func skipped(_ files: [SkippedFile]) -> String {
    guard !files.isEmpty else { return Page.paragraph("All files could be read.") }
    let shown = files.prefix(20).map { "<li>\(escaped($0.file)): \(escaped($0.reason))</li>" }
    let more = files.count > shown.count ? "<li>… and \(files.count - shown.count) more</li>" : ""
    return "<details><summary>\(counted(files.count, "file")) could not be read and were left out</summary>"
      + "<ul class=\"files\">\(shown.joined())\(more)</ul></details>"
  }
}

extension Dataset {
  /// Returns the indices of the first examples of a class, at most ``DataSection/mostPerClass``.
  func indices(of label: Int) -> [Int] {
    Array(examples.indices.lazy.filter { examples[$0].label == label }.prefix(DataSection.mostPerClass))
  }
}
