package import PerceptDatasets
import PerceptImages
import PerceptInterpretation
package import PerceptModels

extension ImageGrid {
  /// The units of the first hidden layer, one per row: its weights, and the images that excite it most. Nil without hidden
  /// layers. Throws `ModelError` if the class names or the preprocessing of the dataset differ from the classifier's.
  package static func hiddenUnits(
    of classifier: Classifier, on dataset: Dataset, images: Int = 5, limit: Int = 12
  ) throws -> ImageGrid? {
    let units = try classifier.hiddenUnits(on: dataset, images: images, limit: limit)
    guard !units.isEmpty else { return nil }
    let weights = units.map { WeightsImage(of: classifier, unit: $0.index) }
    let largest = weights.reduce(0) { max($0, $1.mean.reduce(0) { max($0, abs($1)) }) }
    let cells = zip(units, weights).flatMap { unit, weights in
      [
        Cell(
          weights.image(of: weights.mean, limit: largest), title: ["unit \(unit.index + 1)"],
          caption: ["active: \(unit.activeCount) of \(dataset.count)"])
      ]
        + zip(unit.rows, unit.excitations).map { row, excitation -> Cell in
          var cell = dataset.cell(row, title: dataset.classNames[dataset.examples[row].label])
          cell.caption[0] = Explanation.signed(excitation)
          return cell
        }
    }
    let count = classifier.network.layers[0].bias.count
    let more = count > units.count ? " Showing the first \(units.count) of \(count) units." : ""
    return ImageGrid(
      title: "Hidden units and the images that excite them most",
      summary:
        "Light at red positions excites the unit, at blue positions it inhibits it. Next to each unit, the images with the "
        + "largest W·x + b.\(more)",
      cells: cells, columns: 1 + min(images, dataset.count), cellWidth: 130)
  }
}
