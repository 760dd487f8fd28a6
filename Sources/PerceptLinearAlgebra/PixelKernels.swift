import CPerceptKernels

/// The loops that touch every pixel, in C with the best instructions of the processor. ``PlainKernels`` says in Swift what
/// each computes, and is what tests hold them against.
///
/// Pixels stay bytes until they are multiplied. Every sum has a fixed order, so equal input gives equal bits on one machine.
package enum PixelKernels {
  /// The kernels of this processor.
  static let best = pixel_kernels_best().pointee

  /// Σⱼ weights[j] · pixels[j], in Float64.
  ///
  /// - Parameters:
  ///   - weights: `count` weights.
  ///   - pixels: `count` bytes.
  /// - Returns: the sum of the products.
  package static func dot(_ weights: UnsafeBufferPointer<Double>, _ pixels: UnsafeBufferPointer<UInt8>) -> Double {
    precondition(weights.count == pixels.count)
    return best.dot(weights.baseAddress, pixels.baseAddress, pixels.count)
  }

  /// sums[j] += factor · pixels[j] for every j, in Float64.
  ///
  /// - Parameters:
  ///   - factor: what every pixel is multiplied by.
  ///   - pixels: `count` bytes.
  ///   - sums: `count` running sums.
  package static func add(
    _ factor: Double, times pixels: UnsafeBufferPointer<UInt8>, to sums: UnsafeMutableBufferPointer<Double>
  ) {
    precondition(sums.count == pixels.count)
    best.add(factor, pixels.baseAddress, sums.baseAddress, pixels.count)
  }

  /// Rows' products with the same weights, in Float32.
  ///
  /// - Parameters:
  ///   - weights: `count` weights.
  ///   - rows: a multiple of eight rows of `count` bytes.
  ///   - products: receives Σⱼ weights[j] · rows[r][j] for each row.
  ///   - count: how many.
  package static func dot(
    _ weights: UnsafePointer<Float>, rows: UnsafeBufferPointer<UnsafePointer<UInt8>?>,
    into products: UnsafeMutablePointer<Double>, count: Int
  ) {
    best.dots(weights, rows.baseAddress, rows.count, products, count)
  }

  /// sums[j] += Σᵣ factors[r] · rows[r][j], in Float32.
  ///
  /// - Parameters:
  ///   - factors: one for each row.
  ///   - rows: a multiple of eight rows of `count` bytes.
  ///   - next: as many rows that are wanted in the cache next.
  ///   - sums: `count` running sums.
  ///   - count: how many.
  package static func add(
    _ factors: UnsafePointer<Float>, times rows: UnsafeBufferPointer<UnsafePointer<UInt8>?>,
    fetching next: UnsafePointer<UnsafePointer<UInt8>?>, to sums: UnsafeMutablePointer<Float>, count: Int
  ) {
    best.adds(factors, rows.baseAddress, next, rows.count, sums, count)
  }

  /// results[j] = factors[j] · pixels[j] + offsets[j], in Float32.
  ///
  /// - Parameters:
  ///   - pixels: `count` bytes.
  ///   - factors: `count` numbers.
  ///   - offsets: `count` numbers.
  ///   - results: receives `count` numbers.
  ///   - count: how many.
  package static func scale(
    _ pixels: UnsafePointer<UInt8>, factors: UnsafePointer<Float>, offsets: UnsafePointer<Float>,
    into results: UnsafeMutablePointer<Float>, count: Int
  ) {
    best.scale(pixels, factors, offsets, results, count)
  }

  /// One update of Adam, in Float32, for every weight w with gradient g and moments m and v: m ← β₁·m + (1 - β₁)·g,
  /// v ← β₂·v + (1 - β₂)·g², w ← w - rate·m/(√v + ε) - decay·w.
  ///
  /// - Parameters:
  ///   - weights: `count` weights.
  ///   - gradient: `count` gradients.
  ///   - moments: first and second moments, `count` each.
  ///   - betas: β₁ and β₂.
  ///   - rate: the step, with the correction of both moments' start from 0.
  ///   - epsilon: ε, with the correction of the second moment's.
  ///   - decay: what every weight loses of itself.
  ///   - count: how many.
  package static func adam(
    _ weights: UnsafeMutablePointer<Float>, gradient: UnsafePointer<Float>,
    moments: (first: UnsafeMutablePointer<Float>, second: UnsafeMutablePointer<Float>), betas: (Float, Float),
    rate: Float, epsilon: Float, decay: Float, count: Int
  ) {
    best.adam(
      weights, gradient, moments.first, moments.second, betas.0, betas.1, rate, epsilon, decay, count)
  }

  /// Cross-entropy of logits: errors σ(z) - y and losses log(1 + eᶻ) - y·z.
  ///
  /// - Parameters:
  ///   - logits: z.
  ///   - labels: y, 0 or 1.
  ///   - errors: receives one for each logit.
  ///   - losses: receives one for each logit.
  package static func crossEntropy(
    _ logits: UnsafeBufferPointer<Double>, labels: UnsafeBufferPointer<Double>,
    errors: UnsafeMutableBufferPointer<Double>, losses: UnsafeMutableBufferPointer<Double>
  ) {
    precondition(logits.count == labels.count && errors.count == labels.count && losses.count == labels.count)
    best.cross_entropy(logits.baseAddress, labels.baseAddress, errors.baseAddress, losses.baseAddress, logits.count)
  }
}
