import PerceptModels

extension Objective {
  /// The penalties λ/2·Σw² + λ₁·Σ|w| on ranges of a vector, whose gradients are added to another.
  ///
  /// Where a weight is 0, the gradient of its absolute value is taken as 0.
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
}
