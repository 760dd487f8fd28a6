import PerceptDatasets
import PerceptLinearAlgebra

extension FeatureTransform {
  /// The number of digits of weights for bytes in a ``PixelPass``. With different factors they differ by many orders of
  /// magnitude: a pixel that is black in all but a few images has a large factor.
  var weightDigits: Int { isUniform ? 2 : 3 }

  /// Writes weights for bytes, w·factor, and returns Σ w·factor·shift, which is to be subtracted from the bias.
  func forBytes(_ weights: UnsafePointer<Double>, into result: UnsafeMutablePointer<Double>) -> Double {
    factor.withUnsafeBufferPointer { factor in
      for j in factor.indices { result[j] = weights[j] * factor[j] }
    }
    return shift.withUnsafeBufferPointer { dot(result, $0.baseAddress, $0.count) }
  }

  /// Computes Σ e·x̃ from Σ e·x and Σ e, times `share`.
  func scaled(
    _ sums: UnsafePointer<Double>, errors: Double, share: Double, into result: UnsafeMutablePointer<Double>
  ) {
    factor.withUnsafeBufferPointer { factor in
      shift.withUnsafeBufferPointer { shift in
        for j in factor.indices { result[j] = (sums[j] - errors * shift[j]) * factor[j] * share }
      }
    }
  }

  /// Returns the largest eigenvalue of X̃ᵀX̃, where X̃ has an additional feature of ones. Each step of the power
  /// iteration is one pass over the bytes.
  func largestEigenvalue(of dataset: Dataset) -> Double {
    let start = PowerIteration.start(examples: dataset.count)
    let (total, features) = (start.reduce(0, +), dataset.featureCount)
    var vector = dataset.combination { start[$0] }
    for j in 0..<features { vector[j] = (vector[j] - total * shift[j]) * factor[j] }
    let pass = PixelPass(dataset, units: 1, weightDigits: weightDigits)
    var weights = vector
    return PowerIteration.largestEigenvalue(from: vector + [total], examples: dataset.count) { vector in
      vector.withUnsafeMutableBufferPointer { vector in
        weights.withUnsafeMutableBufferPointer { weights in
          guard let base = vector.baseAddress, let weights = weights.baseAddress else { return 0 }
          var bias = base[features] - forBytes(base, into: weights)
          // No image has a larger z, by the inequality of Cauchy and Schwarz.
          let largest = 255 * (Double(features) * dot(weights, weights, features)).squareRoot() + abs(bias)
          // Let u be the vector, of length 1. With e = z, Σ e·x is XᵀX·u and Σ z² is uᵀ·XᵀX·u.
          let square = pass.run(weights: weights, bias: &bias, largestError: largest) { examples, panel, _, _ in
            dot(panel, panel, examples.count)
          }
          pass.total.withUnsafeBufferPointer { sums in
            if let sums = sums.baseAddress { scaled(sums, errors: pass.errors[0], share: 1, into: base) }
          }
          base[features] = pass.errors[0]
          return square ?? .infinity
        }
      }
    }
  }
}
