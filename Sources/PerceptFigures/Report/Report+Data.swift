import PerceptDatasets
import PerceptImages
import PerceptInterpretation
import PerceptModels

extension Report {
  var dataSection: String {
    let skipped = (training ?? evaluation.dataset).skipped
    var parts = [countTable]
    if let training {
      parts.append(meanImages(of: training))
      parts.append(montage(of: training, caption: "Training images, grouped by class."))
    } else {
      parts.append(montage(of: evaluation.dataset, caption: "Test images, grouped by class."))
    }
    if skipped.isEmpty {
      parts.append(Page.paragraph("All files could be read."))
    } else {
      let shown = skipped.prefix(50).map { "<li>\(escaped($0.file)): \(escaped($0.reason))</li>" }
      parts.append(Page.paragraph("Skipped \(counted(skipped.count, "file")) that could not be read:"))
      parts.append("<ul class=\"files\">\n\(shown.joined(separator: "\n"))\n</ul>")
      if skipped.count > shown.count { parts.append(Page.paragraph("… and \(skipped.count - shown.count) more.")) }
    }
    return Page.section("Images", parts)
  }

  private var countTable: String {
    let datasets = (training.map { [("training", $0)] } ?? []) + [("test", evaluation.dataset)]
    let rows = classifier.classNames.enumerated().map { label, name in
      [name]
        + datasets.map { _, dataset in
          let count = dataset.classCounts[label]
          return "\(count) (\(Ticks.percent(Double(count) / Double(max(dataset.count, 1)))))"
        }
    }
    return Page.table(
      caption: "Images per class, with their share.", header: ["class"] + datasets.map(\.0),
      rows: rows + [["all"] + datasets.map { "\($0.1.count)" }])
  }

  private func meanImages(of dataset: Dataset) -> String {
    guard let figure = try? StatisticsFigure(dataset) else { return "" }
    let cells = figure.groups.map { group in
      ImageGrid.Cell(
        group.statistics.meanImage, title: ["mean of \(group.name)"], caption: [counted(group.count, "image")])
    }
    let grid = ImageGrid(title: "Mean images", summary: "", cells: cells, columns: 3)
    return Page.figure(
      grid,
      caption: "The mean image of each class. A single neuron can use the pixels at which the means differ.")
  }

  private func montage(of dataset: Dataset, caption: String) -> String {
    let perClass = 32
    let chosen = dataset.classNames.indices.flatMap { label in
      dataset.examples.indices.filter { dataset.examples[$0].label == label }.prefix(perClass)
    }
    guard !chosen.isEmpty else { return "" }
    let montage = Montage(chosen.map { dataset.preprocessing.image(of: dataset.withFeatures(of: $0, Array.init)) })
    let cell = ImageGrid.Cell(montage.image, title: ["Montage of \(counted(chosen.count, "image"))"])
    return Page.figure(cell, caption: caption + " They are shown as the model sees them.")
  }
}
