import CPixelKernels

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

  /// Four rows' products with the same weights, in Float32.
  ///
  /// - Parameters:
  ///   - weights: `count` weights.
  ///   - rows: four rows of `count` bytes.
  ///   - count: how many.
  /// - Returns: Σⱼ weights[j] · rows[r][j] for each row.
  package static func dot(
    _ weights: UnsafePointer<Float>, rows: FourRows, count: Int
  ) -> SIMD4<Float> {
    withUnsafeTemporaryAllocation(of: Float.self, capacity: 4) { products in
      rows.withPointers { best.dot4(weights, $0, products.baseAddress, count) }
      return SIMD4(products[0], products[1], products[2], products[3])
    }
  }

  /// sums[j] += Σᵣ factors[r] · rows[r][j], in Float32.
  ///
  /// - Parameters:
  ///   - factors: one for each row.
  ///   - rows: four rows of `count` bytes.
  ///   - sums: `count` running sums.
  ///   - count: how many.
  ///   - next: four rows that are wanted in the cache next.
  package static func add(
    _ factors: SIMD4<Float>, times rows: FourRows, to sums: UnsafeMutablePointer<Float>, count: Int,
    fetching next: FourRows
  ) {
    withUnsafeTemporaryAllocation(of: Float.self, capacity: 4) { buffer in
      for r in 0..<4 { buffer[r] = factors[r] }
      rows.withPointers { rows in
        next.withPointers { best.add4(buffer.baseAddress, rows, $0, sums, count) }
      }
    }
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

/// Pointers to four rows of bytes.
package struct FourRows {
  private var pointers: (UnsafePointer<UInt8>?, UnsafePointer<UInt8>?, UnsafePointer<UInt8>?, UnsafePointer<UInt8>?)

  /// Rows of equal length, which outlive this.
  package init(
    _ a: UnsafePointer<UInt8>, _ b: UnsafePointer<UInt8>, _ c: UnsafePointer<UInt8>, _ d: UnsafePointer<UInt8>
  ) {
    pointers = (a, b, c, d)
  }

  /// The same rows from a column on.
  package func from(_ column: Int) -> FourRows {
    FourRows(
      pointers: (
        pointers.0.map { $0 + column }, pointers.1.map { $0 + column }, pointers.2.map { $0 + column },
        pointers.3.map { $0 + column }
      ))
  }

  private init(
    pointers: (UnsafePointer<UInt8>?, UnsafePointer<UInt8>?, UnsafePointer<UInt8>?, UnsafePointer<UInt8>?)
  ) {
    self.pointers = pointers
  }

  fileprivate func withPointers(_ body: (UnsafePointer<UnsafePointer<UInt8>?>) -> Void) {
    withUnsafePointer(to: pointers) { tuple in
      tuple.withMemoryRebound(to: UnsafePointer<UInt8>?.self, capacity: 4) { body($0) }
    }
  }
}
