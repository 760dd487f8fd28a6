import CPerceptKernels

/// The loops over all pixels, in C, with the best instruction set of the processor. ``ReferenceKernels`` defines in
/// plain Swift what each kernel computes, and tests compare with it. Pixels stay bytes until they are multiplied. Sums of
/// whole numbers are exact, and other sums have a fixed order, so equal inputs give bit-identical results on the same
/// machine.
package enum PixelKernels {
  static let best = pixel_kernels_best().pointee

  /// The name of the instruction set, such as "AVX2".
  package static var instructionSet: String { String(cString: pixel_kernels_name()) }

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

  /// The number of digits of the whole numbers that rows are multiplied by to be added.
  package static let factorDigits = 2
  /// The number of rows after which sums must be carried.
  package static let mostRows = 256

  /// Returns the largest absolute value; NaN if a value is not finite.
  package static func largest(_ values: UnsafePointer<Double>, count: Int) -> Double { best.largest(values, count) }

  /// Rounds values to whole numbers in a format, and cuts them into the digits of the format. Digit d of value j is stored
  /// at d · stride + j. Returns the sum of the whole numbers.
  package static func cut(
    _ values: UnsafePointer<Double>, count: Int, _ format: FixedPoint, into digits: UnsafeMutablePointer<Int16>,
    stride: Int
  ) -> Int64 {
    best.cut(values, format.scale, Int32(format.digits), digits, stride, count)
  }

  /// Computes products[r] += Σⱼ q[j] · rows[r][j] for each row r and the whole numbers q with the given digits, `count`
  /// (2 or 3) each, exactly, if the products fit into 64 bits. The number of rows must be a multiple of 4; half of as many
  /// rows of `next` are prefetched into the cache. `columns` must begin at a multiple of 64; `stride` is the number of all
  /// columns, rounded up to a multiple of 64. The digits of missing columns must be 0.
  package static func dot(
    _ digits: UnsafePointer<Int16>, count: Int, stride: Int, rows: UnsafeBufferPointer<UnsafePointer<UInt8>?>,
    fetching next: UnsafePointer<UnsafePointer<UInt8>?>, columns: Range<Int>,
    addingTo products: UnsafeMutablePointer<Int64>
  ) {
    best.dots(
      digits, Int32(count), stride, rows.baseAddress, next, rows.count, columns.lowerBound, columns.upperBound, products
    )
  }

  /// Adds Σᵣ q[r] · rows[r][j] to the sum of each column j, exactly, for whole numbers q with ``factorDigits`` digits, whose
  /// stride is `rows.count`, a multiple of 8. The other half of the rows of `next` is prefetched into the cache; `columns`
  /// and `stride` are as in the dot product. ``carry(_:stride:into:)`` must be called before sums of more than ``mostRows``
  /// rows are added.
  package static func add(
    _ factors: UnsafePointer<Int16>, times rows: UnsafeBufferPointer<UnsafePointer<UInt8>?>,
    fetching next: UnsafePointer<UnsafePointer<UInt8>?>, columns: Range<Int>, to sums: UnsafeMutablePointer<Int32>,
    stride: Int
  ) {
    best.adds(factors, rows.baseAddress, next, rows.count, columns.lowerBound, columns.upperBound, sums, stride)
  }

  /// Adds the sums of `stride` columns, which are in an order of their own, to totals, and sets them to 0.
  package static func carry(
    _ sums: UnsafeMutablePointer<Int32>, stride: Int, into totals: UnsafeMutablePointer<Int64>
  ) {
    best.carry(sums, stride, totals)
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

  /// Returns the products of the rows and columns of 64 x 64 pixels with 16 cosines for each position, in Float32:
  /// result[16·t + k] = Σ_y (Σₓ pixels[64·y + x] · cosines[x][k]) · cosines[y][t], added in this order.
  package static func transform(_ pixels: [UInt8], cosines: [SIMD16<Float>]) -> [Float] {
    precondition(pixels.count == 64 * 64 && cosines.count == 64)
    return cosines.withUnsafeBytes { cosines in
      Array(unsafeUninitializedCapacity: 256) { terms, count in
        best.transform(pixels, cosines.assumingMemoryBound(to: Float.self).baseAddress, terms.baseAddress)
        count = 256
      }
    }
  }
}
