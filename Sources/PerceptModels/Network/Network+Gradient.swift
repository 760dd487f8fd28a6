import PerceptLinearAlgebra

// The computation from pixels to logits has two stages: from the pixels to the first layer's pre-activations, and from
// those to the logits. The first stage is affine, so a straight line between two images becomes a straight line between
// their pre-activations. The second stage is cheap, because its cost does not depend on the number of pixels.
extension Network {
  /// Returns the first layer's pre-activations W·x + b for `inputs` bytes, which are scaled by 1/255.
  package func firstPreactivations(of pixels: UnsafeBufferPointer<UInt8>) -> [Double] {
    firstPreactivations(of: [pixels])[0]
  }

  /// Returns the first layer's pre-activations of each of several examples, each summed as if it were alone. The weights
  /// of a unit stay in the cache for all examples.
  func firstPreactivations(of examples: [UnsafeBufferPointer<UInt8>]) -> [[Double]] {
    var sums = Array(repeating: layers[0].bias, count: examples.count)
    layers[0].weights.elements.withUnsafeBufferPointer { weights in
      for unit in layers[0].bias.indices {
        let row = UnsafeBufferPointer(rebasing: weights[unit * inputs..<(unit + 1) * inputs])
        for index in examples.indices { sums[index][unit] += PixelKernels.dot(row, examples[index]) / 255 }
      }
    }
    return sums
  }

  /// Returns the first layer's pre-activations for pixels 0 … 255 that are not whole numbers, such as a mean image.
  package func firstPreactivations(of pixels: [Double]) -> [Double] {
    layers[0].preactivations(of: pixels.map { $0 / 255 })
  }

  /// Returns the logits computed from the first layer's pre-activations.
  package func logits(fromFirst preactivations: [Double]) -> [Double] {
    zip(layers, layers.dropFirst()).reduce(preactivations) { $1.1.preactivations(of: $1.0.activation($0)) }
  }

  /// Returns the sum of the logits times `factors`, and its gradient with respect to the first layer's pre-activations.
  package func combination(_ factors: [Double], fromFirst preactivations: [Double]) -> (
    value: Double, gradient: [Double]
  ) {
    var (activations, z) = ([[Double]](), preactivations)
    for (layer, next) in zip(layers, layers.dropFirst()) {
      activations.append(layer.activation(z))
      z = next.preactivations(of: activations[activations.count - 1])
    }
    var gradient = factors
    for index in activations.indices.reversed() {
      let derivative = layers[index].activation.derivative(at:)
      gradient = zip(layers[index + 1].weighted(gradient), activations[index]).map { $0 * derivative($1) }
    }
    return (dot(factors, z), gradient)
  }

  /// Propagates a gradient from the first layer's pre-activations back to the `inputs` pixels, scaled to 0 … 1.
  package func pixelGradient(_ gradient: [Double]) -> [Double] { layers[0].weighted(gradient) }
}

extension DenseLayer {
  /// Returns Wᵀ·g for a vector g with one number for each unit.
  fileprivate func weighted(_ factors: [Double]) -> [Double] {
    let columns = weights.columns
    var sums = [Double](repeating: 0, count: columns)
    sums.withUnsafeMutableBufferPointer { sums in
      weights.elements.withUnsafeBufferPointer { weights in
        for (unit, factor) in factors.enumerated() where factor != 0 {
          let row = UnsafeBufferPointer(rebasing: weights[unit * columns..<(unit + 1) * columns])
          for j in 0..<columns { sums[j] += factor * row[j] }
        }
      }
    }
    return sums
  }
}
