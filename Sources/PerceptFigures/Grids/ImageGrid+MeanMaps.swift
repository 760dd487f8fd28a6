package import PerceptDatasets
import PerceptFeatures
import PerceptImages
import PerceptInterpretation
import PerceptLinearAlgebra
package import PerceptModels

extension ImageGrid {
  /// The largest number of images that the maps of all classes are computed from.
  private static let mostMapped = 200

  /// For each class, the mean of the attribution maps of its images, drawn over their mean: where in the image the
  /// evidence for the class comes from, on average. Reads the files of the images. Throws `FeatureError` if a backbone
  /// fails, and `ModelError` if the dataset does not fit the classifier.
  package static func meanMaps(of classifier: Classifier, on dataset: Dataset, labels: [Int]? = nil) throws -> ImageGrid
  {
    try classifier.check(fits: dataset)
    let shown = labels ?? Array(classifier.classNames.indices.prefix(20))
    let perClass = max(1, mostMapped / max(shown.count, 1))
    let cells = try shown.compactMap { label -> Cell? in
      let rows = dataset.examples.indices.filter { dataset.examples[$0].label == label }
      let count = min(rows.count, perClass)
      let chosen = (0..<count).map { rows[$0 * rows.count / count] }
      guard !chosen.isEmpty, let mean = dataset.images.statistics(of: label)?.meanImage else { return nil }
      let maps = try parallelMap(chosen, block: 1) { row in
        Result { try Attributions(classifier, of: dataset.prepared(row), for: label) }
      }.map { try $0.get() }
      return Cell(
        Attributions(mean: maps).overlay(on: mean.resized(to: classifier.preprocessing.size)),
        title: [classifier.classNames[label]],
        caption: [count < rows.count ? "\(count) of \(counted(rows.count, "image"))" : counted(count, "image")])
    }
    var grid = ImageGrid(
      title: "Evidence for each class",
      summary:
        "The mean attributions of images of each class, over their mean image: red is evidence for the class, blue "
        + "against it.", cells: cells, columns: 4, cellWidth: cells.count > 4 ? 150 : 200)
    grid.key = [
      Key(meaning: "for the class", color: .evidenceFor), Key(meaning: "against it", color: .evidenceAgainst),
    ]
    return grid
  }
}
