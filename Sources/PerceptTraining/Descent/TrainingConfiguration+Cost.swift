import PerceptModels

extension TrainingConfiguration {
  /// Returns λ/2·Σw² + λ₁·Σ|w| over ranges of a vector, and adds its gradient, with 0 for the derivative of |w| at 0.
  func penalize<Number: BinaryFloatingPoint>(
    _ parameters: [Number], _ ranges: [Range<Int>], gradient: inout [Number]
  ) -> Double {
    let (l1, l2) = (Number(l1), Number(l2))
    guard l1 != 0 || l2 != 0 else { return 0 }
    var (squares, sizes) = (0.0, 0.0)
    parameters.withUnsafeBufferPointer { parameters in
      gradient.withUnsafeMutableBufferPointer { gradient in
        for range in ranges {
          for j in range {
            let weight = parameters[j]
            squares += Double(weight * weight)
            sizes += Double(abs(weight))
            gradient[j] += l2 * weight + (weight > 0 ? l1 : weight < 0 ? -l1 : 0)
          }
        }
      }
    }
    return self.l2 / 2 * squares + self.l1 * sizes
  }

  /// Returns an upper bound L for the curvature of the cost of a network with one layer: the bound of the loss, times
  /// λmax/m, times the largest class weight, plus the L2 penalty λ. λmax (`eigenvalue`) is the largest eigenvalue of
  /// XᵀX, where X are the m scaled examples with an additional feature of ones.
  func largestCurvature(eigenvalue: Double, logits: Int, classCounts: [Int]) -> Double {
    let largest = classWeights.weights(counts: classCounts).max() ?? 1
    let examples = Double(classCounts.reduce(0, +))
    return loss.largestCurvature(logits: logits) * largest * eigenvalue / examples + l2
  }
}
