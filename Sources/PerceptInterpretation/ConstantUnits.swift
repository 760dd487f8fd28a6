package import PerceptDatasets
import PerceptLinearAlgebra
package import PerceptModels

/// The hidden units whose activations are the same for all images, so they contribute nothing to the answers. A ReLU unit
/// whose activation is always 0 is called dead: its gradient is zero, so training no longer changes it.
package struct ConstantUnits: Sendable, Hashable {
  /// The constant units of one hidden layer.
  package struct Layer: Sendable, Hashable {
    /// The number of the layer, from 1.
    package let number: Int
    /// The number of units in the layer.
    package let count: Int
    /// The numbers of the units, from 1, whose activation is always 0.
    package let dead: [Int]
    /// The numbers of the units, from 1, whose activation is constant but not 0.
    package let constant: [Int]
  }

  /// The layers that have constant units.
  package let layers: [Layer]

  /// At most this number of images is examined, spread over the dataset.
  private static let mostExamined = 2000

  /// Examines the hidden layers of a network on images, such as its training images. O(n·p) for n images and p
  /// parameters.
  package init(of network: Network, on dataset: Dataset) {
    let step = max(1, (dataset.count + Self.mostExamined - 1) / Self.mostExamined)
    let rows = Array(stride(from: 0, to: dataset.count, by: step))
    let units = network.layers.dropLast().map(\.bias.count)
    let numbers = dataset.map(rows, width: units.reduce(0, +)) { rows in
      rows.map { dataset.withFeatures(of: $0, network.hiddenActivations).flatMap(\.self) }
    }
    let starts = units.indices.map { units[..<$0].reduce(0, +) }
    layers = network.layers.indices.dropLast().compactMap { index in
      let units = network.layers[index].bias.count
      let constant = (0..<units).filter { unit in
        let values = numbers.map { $0[starts[index] + unit] }
        guard let low = values.min(), let high = values.max() else { return false }
        return high - low <= 1e-9 * max(abs(low), abs(high), 1e-3)
      }
      guard !constant.isEmpty else { return nil }
      let isDead = { (unit: Int) in numbers[0][starts[index] + unit] == 0 }
      return Layer(
        number: index + 1, count: units, dead: constant.filter(isDead).map { $0 + 1 },
        constant: constant.filter { !isDead($0) }.map { $0 + 1 })
    }
  }

  /// Whether all units of a layer are constant: the network then gives all images the same answer.
  package var isConstantNetwork: Bool { layers.contains { $0.dead.count + $0.constant.count == $0.count } }

  /// The units as a sentence; nil if there are none.
  package var sentence: String? {
    guard !layers.isEmpty else { return nil }
    let parts = layers.flatMap { layer -> [String] in
      [("dead (always 0)", layer.dead), ("constant", layer.constant)].filter { !$0.1.isEmpty }.map { what, units in
        let shown = units.prefix(10).map(String.init).joined(separator: ", ") + (units.count > 10 ? ", …" : "")
        return units.count == layer.count
          ? "all \(counted(layer.count, "unit")) of hidden layer \(layer.number) are \(what)"
          : "\(units.count) of \(counted(layer.count, "unit")) of hidden layer \(layer.number) "
            + "\(units.count == 1 ? "is" : "are") \(what): \(shown)"
      }
    }
    let words = parts.joined(separator: "; ")
    return words.prefix(1).uppercased() + words.dropFirst()
      + (isConstantNetwork ? ". The answer is the same for all images." : ".")
  }
}

extension Network {
  /// Returns the activations of each hidden layer.
  fileprivate func hiddenActivations(of pixels: UnsafeBufferPointer<UInt8>) -> [[Double]] {
    var z = firstPreactivations(of: pixels)
    var result: [[Double]] = []
    for (layer, next) in zip(layers, layers.dropFirst()) {
      result.append(layer.activation(z))
      z = next.preactivations(of: result[result.count - 1])
    }
    return result
  }
}
