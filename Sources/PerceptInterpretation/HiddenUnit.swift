public import PerceptDatasets
import PerceptLinearAlgebra
public import PerceptModels

/// A unit of the first hidden layer, and the pictures that excite it most: what it looks for, and where it finds that.
public struct HiddenUnit: Sendable, Hashable {
  /// Which unit, from 0.
  public let index: Int
  /// Rows of the dataset, the picture with the largest W·x + b first.
  public let rows: [Int]
  /// W·x + b of these.
  public let excitations: [Double]
  /// For how many pictures of the dataset W·x + b is above 0.
  public let activeCount: Int
}

extension Classifier {
  /// The units of the first hidden layer with the pictures that excite each most. (Units of further layers see no pixels.)
  ///
  /// - Parameters:
  ///   - dataset: pictures as this classifier takes them.
  ///   - pictures: how many for each unit, at most.
  ///   - limit: how many units, at most.
  /// - Returns: the first units; none where there is no hidden layer.
  /// - Throws: `ModelError` when class names or preprocessing differ.
  public func hiddenUnits(on dataset: Dataset, images: Int = 4, limit: Int = 64) throws -> [HiddenUnit] {
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
