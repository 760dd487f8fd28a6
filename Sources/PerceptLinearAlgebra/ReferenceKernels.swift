import Glibc

/// What ``PixelKernels`` compute, in plain Swift: their definition, and the oracle of their tests.
package enum ReferenceKernels {
  /// Σⱼ weights[j] · pixels[j].
  package static func dot(_ weights: [Double], _ pixels: [UInt8]) -> Double {
    zip(weights, pixels).reduce(0) { $0 + $1.0 * Double($1.1) }
  }

  /// sums[j] + factor · pixels[j] for every j.
  package static func adding(_ factor: Double, times pixels: [UInt8], to sums: [Double]) -> [Double] {
    zip(sums, pixels).map { $0 + factor * Double($1) }
  }

  /// Σⱼ a[j] · b[j], exact.
  package static func product(_ a: [UInt8], _ b: [UInt8]) -> Int {
    zip(a, b).reduce(0) { $0 + Int($1.0) * Int($1.1) }
  }

  /// matrix · vector for a square matrix row by row.
  package static func multiply(_ matrix: [Double], _ vector: [Double]) -> [Double] {
    vector.indices.map { i in vector.indices.reduce(0) { $0 + matrix[i * vector.count + $1] * vector[$1] } }
  }

  /// factors[j] · pixels[j] + offsets[j] for every j.
  package static func scaled(_ pixels: [UInt8], factors: [Float], offsets: [Float]) -> [Float] {
    pixels.indices.map { factors[$0] * Float(pixels[$0]) + offsets[$0] }
  }

  /// One weight w after Adam's update by its gradient g, and its moments: m = β₁·m + (1 - β₁)·g, v = β₂·v + (1 - β₂)·g²,
  /// w - rate·m/(√v + ε) - decay·w.
  package static func adam(
    _ weight: Float, gradient: Float, moments: (Float, Float), betas: (Float, Float), rate: Float, epsilon: Float,
    decay: Float
  ) -> (weight: Float, first: Float, second: Float) {
    let first = betas.0 * moments.0 + (1 - betas.0) * gradient
    let second = betas.1 * moments.1 + (1 - betas.1) * gradient * gradient
    return (weight - rate * first / (second.squareRoot() + epsilon) - decay * weight, first, second)
  }

  /// σ(z) - y and log(1 + eᶻ) - y·z.
  package static func crossEntropy(_ z: Double, label y: Double) -> (error: Double, loss: Double) {
    let u = exp(-abs(z))
    return ((z < 0 ? u : 1) / (1 + u) - y, max(z, 0) - y * z + log1p(u))
  }
}
