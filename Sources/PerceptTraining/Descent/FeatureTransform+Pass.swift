import PerceptDatasets
import PerceptLinearAlgebra

extension FeatureTransform {
  /// Weights for scaled features as weights for bytes, w·factor.
  ///
  /// - Returns: Σ w·factor·shift, what a bias for bytes is smaller by.
  func forBytes(_ weights: UnsafePointer<Double>, into result: UnsafeMutablePointer<Double>) -> Double {
    factor.withUnsafeBufferPointer { factor in
      for j in factor.indices { result[j] = weights[j] * factor[j] }
    }
    return shift.withUnsafeBufferPointer { dot(result, $0.baseAddress, $0.count) }
  }

  /// Σ e·x̃ times a share, from Σ e·x and Σ e.
  func scaled(
    _ sums: UnsafePointer<Double>, errors: Double, share: Double, into result: UnsafeMutablePointer<Double>
  ) {
    factor.withUnsafeBufferPointer { factor in
      shift.withUnsafeBufferPointer { shift in
        for j in factor.indices { result[j] = (sums[j] - errors * shift[j]) * factor[j] * share }
      }
    }
  }

  /// λmax of X̃ᵀX̃ with a feature of ones, by one pass over the bytes a step.
  func largestEigenvalue(of dataset: Dataset) -> Double {
    let start = PowerIteration.start(examples: dataset.count)
    let (total, features) = (start.reduce(0, +), dataset.featureCount)
    var vector = dataset.combination { start[$0] }
    for j in 0..<features { vector[j] = (vector[j] - total * shift[j]) * factor[j] }
    let pass = PixelPass(dataset, units: 1)
    var weights = vector
    return PowerIteration.largestEigenvalue(from: vector + [total], examples: dataset.count) { vector in
      vector.withUnsafeMutableBufferPointer { vector in
        weights.withUnsafeMutableBufferPointer { weights in
          guard let base = vector.baseAddress, let weights = weights.baseAddress else { return 0 }
          var bias = base[features] - forBytes(base, into: weights)
          // With e = z, Σ e·x is XᵀX·u and Σ z² is uᵀ·XᵀX·u; u has length 1.
          let square = pass.run(weights: weights, bias: &bias) { examples, panel, _, _ in
            dot(panel, panel, examples.count)
          }
          pass.total.withUnsafeBufferPointer { sums in
            if let sums = sums.baseAddress { scaled(sums, errors: pass.errors[0], share: 1, into: base) }
          }
          base[features] = pass.errors[0]
          return square
        }
      }
    }
  }
}
