package import PerceptDatasets
import PerceptLinearAlgebra
import PerceptModels

/// A unit of the first hidden layer and the images with its largest pre-activations.
package struct HiddenUnit: Sendable, Hashable {
  package let index: Int
  /// Rows of the dataset, the largest pre-activation W·x + b first.
  package let rows: [Int]
  /// The pre-activations W·x + b of these rows.
  package let excitations: [Double]
  /// The number of images in the dataset with W·x + b > 0.
  package let activeCount: Int
}

extension Classifier {
  /// Finds the images that excite each of the first units most. Only the first hidden layer has weights on pixels; without one,
  /// the result is empty. Throws `ModelError` if the class names or the preprocessing of the dataset differ.
  package func hiddenUnits(on dataset: Dataset, images: Int = 4, limit: Int = 64) throws -> [HiddenUnit] {
    try check(fits: dataset)
    guard network.layers.count > 1 else { return [] }
    let (network, count, units) = (network, dataset.count, network.layers[0].bias.count)
    let sums = parallelMap(0..<count) { dataset.withFeatures(of: $0, network.firstPreactivations) }
    return (0..<min(units, limit)).map { unit in
      let own = (0..<count).map { sums[$0][unit] }
      let rows = own.indices.sorted { (own[$1], $0) < (own[$0], $1) }.prefix(images)
      return HiddenUnit(
        index: unit, rows: Array(rows), excitations: rows.map { own[$0] }, activeCount: own.count { $0 > 0 })
    }
  }
}
