import PerceptDatasets
import PerceptFeatures
import PerceptImages
import PerceptInterpretation
import PerceptModels

extension Report {
  var dataSection: String {
    let skipped = (training ?? evaluation.dataset).skipped
    let images = unseen.verified == nil ? "Images" : "Test images"
    let shown =
      training.map { montage(of: $0, caption: "Training images, grouped by class.") }
      ?? montage(of: evaluation.dataset, caption: "\(images), grouped by class.")
    let means = training.map(meanImages) ?? ""
    // The means of many classes fill the width below the others.
    let parts = showsAllClasses ? [countTable, means, shown] : [countTable, shown, wide(means)]
    return Page.section("Images", id: "images", [columns(parts), Self.list(of: skipped)])
  }

  /// The files that could not be read.
  private static func list(of skipped: [SkippedFile]) -> String {
    guard !skipped.isEmpty else { return Page.paragraph("All files could be read.") }
    let shown = skipped.prefix(50).map { "<li>\(escaped($0.file)): \(escaped($0.reason))</li>" }
    let more = skipped.count > shown.count ? "\n" + Page.paragraph("… and \(skipped.count - shown.count) more.") : ""
    return Page.paragraph("Skipped \(counted(skipped.count, "file")) that could not be read:")
      + "\n<ul class=\"files\">\n\(shown.joined(separator: "\n"))\n</ul>" + more
  }

  /// The datasets that the report describes, with their names.
  private var datasets: [(name: String, dataset: Dataset)] {
    let isValidation = evaluation.dataset.examples.allSatisfy { $0.split == .validation }
    let split = isValidation ? Split.validation : .test
    let judged = (name: unseen.verified == nil ? "images" : split.adjective, dataset: evaluation.dataset)
    guard let training else { return [judged] }
    return [(name: "training", dataset: training)] + (unseen.evaluation == nil ? [] : [judged])
  }

  private var countTable: String {
    let (names, datasets) = (classifier.classNames, datasets)
    let counts = datasets.map(\.dataset.classCounts)
    func cell(_ count: Int, of total: Int) -> String {
      "\(count) (\(Ticks.percent(Double(count) / Double(max(total, 1)))))"
    }
    // Of many classes, those with the fewest images are first.
    let order = names.indices.sorted {
      showsAllClasses ? $0 < $1 : (counts[0][$0], $0) < (counts[0][$1], $1)
    }
    let rows = order.map { label -> [String] in
      [names[label]] + zip(datasets, counts).map { cell($1[label], of: $0.dataset.count) }
    }
    let table = Page.table(
      caption: "Images per class, with their share.", header: ["class"] + datasets.map(\.name),
      rows: rows + [["all"] + datasets.map { "\($0.dataset.count)" }])
    return showsAllClasses ? table : countSummary(counts) + "\n" + Page.details("All \(names.count) classes", table)
  }

  /// The smallest, median and largest number of images per class.
  private func countSummary(_ counts: [[Int]]) -> String {
    let (sorted, classes) = (counts.map { $0.sorted() }, classifier.classNames.count)
    let rows = [("fewest", 0), ("median", classes / 2), ("most", classes - 1)].map { name, place -> [String] in
      [name] + sorted.map { "\($0[place])" }
    }
    return Page.table(
      caption: "Images per class, for \(classes) classes.", header: ["images"] + datasets.map(\.name),
      rows: rows + [["all classes together"] + datasets.map { "\($0.dataset.count)" }])
  }

  private func meanImages(of dataset: Dataset) -> String {
    guard let all = dataset.images.statistics() else { return "" }
    let counts = dataset.classCounts
    func cell(_ name: String, _ statistics: PixelStatistics, _ count: Int) -> ImageGrid.Cell {
      ImageGrid.Cell(statistics.meanImage, title: ["mean of \(name)"], caption: [counted(count, "image")])
    }
    let cells = evaluation.shownLabels.compactMap { label in
      dataset.images.statistics(of: label).map { cell(dataset.classNames[label], $0, counts[label]) }
    }
    let grid = ImageGrid(
      title: "Mean images", summary: "", cells: [cell("all", all, dataset.count)] + cells, columns: 3)
    return Page.figure(
      grid,
      caption: "The mean image of each class."
        + (classifier.preprocessing.extractor == .pixels
          ? " A single neuron can use the pixels at which the means differ." : "")
        + selection)
  }

  private func montage(of dataset: Dataset, caption: String) -> String {
    let chosen = dataset.firstRows(of: evaluation.shownLabels, atMost: showsAllClasses ? 32 : 8)
    guard !chosen.isEmpty else { return "" }
    let montage = Montage(chosen.map { dataset.image(of: $0) })
    let cell = ImageGrid.Cell(montage.image, title: ["Montage of \(counted(chosen.count, "image"))"])
    return Page.figure(
      cell,
      caption: caption
        + (classifier.preprocessing.extractor == .pixels ? " They are shown as the model sees them." : "") + selection)
  }
}

extension Dataset {
  /// Returns the rows of the first examples of each label, at most `limit` of each, in the order of the labels.
  /// O(n + K) for n examples and K classes.
  func firstRows(of labels: [Int], atMost limit: Int) -> [Int] {
    var rows = Array(repeating: [Int](), count: classNames.count)
    for (row, example) in examples.enumerated() where rows[example.label].count < limit {
      rows[example.label].append(row)
    }
    return labels.flatMap { rows[$0] }
  }
}
