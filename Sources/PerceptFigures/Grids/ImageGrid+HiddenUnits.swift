public import PerceptDatasets
import PerceptImages
import PerceptInterpretation
public import PerceptModels

extension ImageGrid {
  /// The units of the first hidden layer: in each row what one looks for, and the pictures that excite it most.
  ///
  /// - Parameters:
  ///   - classifier: a network with hidden layers.
  ///   - dataset: pictures as it takes them.
  ///   - pictures: how many for each unit.
  ///   - limit: how many units at most.
  /// - Returns: the grid; nil where there is no hidden layer.
  /// - Throws: `ModelError` when class names or preprocessing differ.
  public static func hiddenUnits(
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
    let more = count > units.count ? " The first \(units.count) of \(count) units." : ""
    return ImageGrid(
      title: "What hidden units look for, and where they find it",
      summary:
        "Light in red places excites the unit, in blue places it quietens it; beside each the pictures that excite it "
        + "most, with W·x + b.\(more)",
      cells: cells, columns: 1 + min(images, dataset.count), cellWidth: 130)
  }
}
