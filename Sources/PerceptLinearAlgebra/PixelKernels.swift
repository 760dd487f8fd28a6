import CPerceptKernels

/// The loops over all pixels, in C, with the best instruction set of the processor. ``ReferenceKernels`` defines in
/// plain Swift what each kernel computes, and tests compare with it. Pixels stay bytes until they are multiplied. Every
/// sum has a fixed order, so equal inputs give bit-identical results on the same machine.
package enum PixelKernels {
  static let best = pixel_kernels_best().pointee

  /// Returns Σⱼ weights[j] · pixels[j], in Float64.
  package static func dot(_ weights: UnsafeBufferPointer<Double>, _ pixels: UnsafeBufferPointer<UInt8>) -> Double {
    precondition(weights.count == pixels.count)
    return best.dot(weights.baseAddress, pixels.baseAddress, pixels.count)
  }

  /// Computes sums[j] += factor · pixels[j] for all j, in Float64.
  package static func add(
    _ factor: Double, times pixels: UnsafeBufferPointer<UInt8>, to sums: UnsafeMutableBufferPointer<Double>
  ) {
    precondition(sums.count == pixels.count)
    best.add(factor, pixels.baseAddress, sums.baseAddress, pixels.count)
  }

  /// Computes products[r] = Σⱼ weights[j] · rows[r][j] for each row r of `count` bytes, in Float32. The number of rows
  /// must be a multiple of 8; half of as many rows of `next` are prefetched into the cache.
  package static func dot(
    _ weights: UnsafePointer<Float>, rows: UnsafeBufferPointer<UnsafePointer<UInt8>?>,
    fetching next: UnsafePointer<UnsafePointer<UInt8>?>, into products: UnsafeMutablePointer<Double>, count: Int
  ) {
    best.dots(weights, rows.baseAddress, next, rows.count, products, count)
  }

  /// Computes sums[j] += Σᵣ factors[r] · rows[r][j] for all j < `count`, in Float32. The number of rows must be a
  /// multiple of 8; the other half of the rows of `next` is prefetched into the cache.
  package static func add(
    _ factors: UnsafePointer<Float>, times rows: UnsafeBufferPointer<UnsafePointer<UInt8>?>,
    fetching next: UnsafePointer<UnsafePointer<UInt8>?>, to sums: UnsafeMutablePointer<Float>, count: Int
  ) {
    best.adds(factors, rows.baseAddress, next, rows.count, sums, count)
  }

  /// Computes results[j] = factors[j] · pixels[j] + offsets[j] for all j < `count`, in Float32.
  package static func scale(
    _ pixels: UnsafePointer<UInt8>, factors: UnsafePointer<Float>, offsets: UnsafePointer<Float>,
    into results: UnsafeMutablePointer<Float>, count: Int
  ) {
    best.scale(pixels, factors, offsets, results, count)
  }

  /// Performs one Adam update, in Float32, of each of `count` weights w with gradient g and moments m and v:
  /// m ← β₁·m + (1 - β₁)·g, v ← β₂·v + (1 - β₂)·g², w ← w - rate·m/(√v + ε) - decay·w. `rate` includes the bias
  /// correction of both moments, `epsilon` that of the second moment; `decay` is the decoupled weight decay.
  package static func adam(
    _ weights: UnsafeMutablePointer<Float>, gradient: UnsafePointer<Float>,
    moments: (first: UnsafeMutablePointer<Float>, second: UnsafeMutablePointer<Float>), betas: (Float, Float),
    rate: Float, epsilon: Float, decay: Float, count: Int
  ) {
    best.adam(
      weights, gradient, moments.first, moments.second, betas.0, betas.1, rate, epsilon, decay, count)
  }

  /// Computes the cross-entropy of logits z and labels y, 0 or 1: the errors σ(z) - y and the losses log(1 + eᶻ) - y·z.
  package static func crossEntropy(
    _ logits: UnsafeBufferPointer<Double>, labels: UnsafeBufferPointer<Double>,
    errors: UnsafeMutableBufferPointer<Double>, losses: UnsafeMutableBufferPointer<Double>
  ) {
    precondition(logits.count == labels.count && errors.count == labels.count && losses.count == labels.count)
    best.cross_entropy(logits.baseAddress, labels.baseAddress, errors.baseAddress, losses.baseAddress, logits.count)
  }
}
