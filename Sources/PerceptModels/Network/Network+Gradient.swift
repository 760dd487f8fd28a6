import PerceptLinearAlgebra

/// What stands between pixels and logits, in two halves: pixels to the first layer's pre-activations, and from there on. The
/// second half looks at no pixel, and along a straight line of pictures the pre-activations move on a straight line, too.
extension Network {
  /// W·x + b of the first layer.
  ///
  /// - Parameter pixels: `inputs` bytes, each scaled by 1/255 in the arithmetic.
  /// - Returns: one number for each unit.
  package func firstPreactivations(of pixels: UnsafeBufferPointer<UInt8>) -> [Double] {
    var sums = layers[0].bias
    layers[0].weights.elements.withUnsafeBufferPointer { weights in
      for unit in sums.indices {
        let row = UnsafeBufferPointer(rebasing: weights[unit * inputs..<(unit + 1) * inputs])
        sums[unit] += PixelKernels.dot(row, pixels) / 255
      }
    }
    return sums
  }

  /// W·x + b of the first layer for a picture between bytes, such as a mean.
  ///
  /// - Parameter pixels: `inputs` numbers from 0 to 255.
  /// - Returns: one number for each unit.
  package func firstPreactivations(of pixels: [Double]) -> [Double] {
    layers[0].preactivations(of: pixels.map { $0 / 255 })
  }

  /// The logits that the first layer's pre-activations lead to.
  package func logits(fromFirst preactivations: [Double]) -> [Double] {
    zip(layers, layers.dropFirst()).reduce(preactivations) { $1.1.preactivations(of: $1.0.activation($0)) }
  }

  /// A sum of multiples of the logits, and its derivatives by the first layer's pre-activations.
  ///
  /// - Parameters:
  ///   - factors: what each logit is multiplied by.
  ///   - preactivations: z of each unit of the first layer.
  /// - Returns: the sum, and one derivative for each of these units.
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

  /// Derivatives by the pixels, between 0 and 1, of what has these derivatives by the first layer's pre-activations.
  ///
  /// - Parameter gradient: one number for each unit.
  /// - Returns: `inputs` numbers.
  package func pixelGradient(_ gradient: [Double]) -> [Double] { layers[0].weighted(gradient) }
}

extension DenseLayer {
  /// Wᵀ·g: the sum of the units' weights, each times a number.
  ///
  /// - Parameter factors: g, one number for each unit.
  /// - Returns: one number for each input.
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
