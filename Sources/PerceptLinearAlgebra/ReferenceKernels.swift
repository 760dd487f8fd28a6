import PerceptPlatform

/// The reference implementation of ``PixelKernels`` in plain Swift. It defines their results, and tests compare with it.
package enum ReferenceKernels {
  /// Returns Σⱼ weights[j] · pixels[j].
  package static func dot(_ weights: [Double], _ pixels: [UInt8]) -> Double {
    zip(weights, pixels).reduce(0) { $0 + $1.0 * Double($1.1) }
  }

  /// Returns sums[j] + factor · pixels[j] for all j.
  package static func adding(_ factor: Double, times pixels: [UInt8], to sums: [Double]) -> [Double] {
    zip(sums, pixels).map { $0 + factor * Double($1) }
  }

  /// Returns the largest absolute value; NaN if a value is not finite.
  package static func largest(_ values: [Double]) -> Double {
    values.allSatisfy(\.isFinite) ? values.map(abs).max() ?? 0 : .nan
  }

  /// Returns the whole number of digits of base 2¹⁶, from the lowest to the highest.
  package static func whole(digits: [Int16]) -> Int64 { digits.reversed().reduce(0) { $0 * 65_536 + Int64($1) } }

  /// Returns Σⱼ numbers[j] · pixels[j], exactly.
  package static func product(_ numbers: [Int64], _ pixels: [UInt8]) -> Int64 {
    zip(numbers, pixels).reduce(0) { $0 + $1.0 * Int64($1.1) }
  }

  /// Returns Σⱼ a[j] · b[j], exactly.
  package static func product(_ a: [UInt8], _ b: [UInt8]) -> Int {
    zip(a, b).reduce(0) { $0 + Int($1.0) * Int($1.1) }
  }

  /// Returns matrix · vector for a square matrix in row-major order.
  package static func multiply(_ matrix: [Double], _ vector: [Double]) -> [Double] {
    vector.indices.map { i in vector.indices.reduce(0) { $0 + matrix[i * vector.count + $1] * vector[$1] } }
  }

  /// Returns factors[j] · pixels[j] + offsets[j] for all j.
  package static func scaled(_ pixels: [UInt8], factors: [Float], offsets: [Float]) -> [Float] {
    pixels.indices.map { factors[$0] * Float(pixels[$0]) + offsets[$0] }
  }

  /// Returns one weight w and its moments after an Adam update with gradient g: m ← β₁·m + (1 - β₁)·g,
  /// v ← β₂·v + (1 - β₂)·g², w ← w - rate·m/(√v + ε) - decay·w.
  package static func adam(
    _ weight: Float, gradient: Float, moments: (Float, Float), betas: (Float, Float), rate: Float, epsilon: Float,
    decay: Float
  ) -> (weight: Float, first: Float, second: Float) {
    let first = betas.0 * moments.0 + (1 - betas.0) * gradient
    let second = betas.1 * moments.1 + (1 - betas.1) * gradient * gradient
    return (weight - rate * first / (second.squareRoot() + epsilon) - decay * weight, first, second)
  }

  /// Returns the error σ(z) - y and the loss log(1 + eᶻ) - y·z of a logit z.
  package static func crossEntropy(_ z: Double, label y: Double) -> (error: Double, loss: Double) {
    let u = exp(-abs(z))
    return ((z < 0 ? u : 1) / (1 + u) - y, max(z, 0) - y * z + log1p(u))
  }

  /// Returns result[16·t + k] = Σ_y (Σₓ pixels[64·y + x] · cosines[x][k]) · cosines[y][t].
  package static func transform(_ pixels: [UInt8], cosines: [SIMD16<Float>]) -> [Float] {
    var terms = [SIMD16<Float>](repeating: .zero, count: 16)
    for y in 0..<64 {
      var row = SIMD16<Float>.zero
      for x in 0..<64 { row += cosines[x] * Float(pixels[64 * y + x]) }
      for t in 0..<16 { terms[t] += row * cosines[y][t] }
    }
    return terms.flatMap { term in term.indices.map { term[$0] } }
  }
}
