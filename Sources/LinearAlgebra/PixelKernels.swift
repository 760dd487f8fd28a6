/// The two loops that touch every pixel: a product with weights and its transpose.
///
/// Pixels stay bytes until they are multiplied. Both sum in a fixed order, so equal input gives equal bits.
package enum PixelKernels {
  /// Σⱼ weights[j] · pixels[j], in Float64.
  ///
  /// Sixteen partial sums run side by side and are added pairwise at the end.
  ///
  /// - Parameters:
  ///   - weights: `count` weights.
  ///   - pixels: `count` bytes.
  /// - Returns: the sum of the products.
  package static func dot(
    _ weights: UnsafeBufferPointer<Double>, _ pixels: UnsafeBufferPointer<UInt8>
  ) -> Double {
    precondition(weights.count == pixels.count)
    guard let w = weights.baseAddress, let x = pixels.baseAddress else { return 0 }
    let rawWeights = UnsafeRawPointer(w)
    let rawPixels = UnsafeRawPointer(x)
    var low = SIMD8<Double>.zero
    var high = SIMD8<Double>.zero
    let whole = pixels.count & ~15
    for j in stride(from: 0, to: whole, by: 16) {
      let bytes = rawPixels.loadUnaligned(fromByteOffset: j, as: SIMD16<UInt8>.self)
      let firstWeights = rawWeights.loadUnaligned(fromByteOffset: 8 * j, as: SIMD8<Double>.self)
      let lastWeights = rawWeights.loadUnaligned(fromByteOffset: 8 * j + 64, as: SIMD8<Double>.self)
      low += firstWeights * widened(bytes.lowHalf)
      high += lastWeights * widened(bytes.highHalf)
    }
    var rest = 0.0
    for j in whole..<pixels.count { rest += w[j] * Double(x[j]) }
    return (low + high).sum() + rest
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
    guard let s = sums.baseAddress, let x = pixels.baseAddress else { return }
    let rawSums = UnsafeMutableRawPointer(s)
    let rawPixels = UnsafeRawPointer(x)
    let whole = pixels.count & ~7
    for j in stride(from: 0, to: whole, by: 8) {
      let bytes = rawPixels.loadUnaligned(fromByteOffset: j, as: SIMD8<UInt8>.self)
      let old = rawSums.loadUnaligned(fromByteOffset: 8 * j, as: SIMD8<Double>.self)
      rawSums.storeBytes(of: old + factor * widened(bytes), toByteOffset: 8 * j, as: SIMD8<Double>.self)
    }
    for j in whole..<pixels.count { s[j] += factor * Double(x[j]) }
  }

  @inline(__always)
  private static func widened(_ bytes: SIMD8<UInt8>) -> SIMD8<Double> {
    SIMD8<Double>(SIMD8<Int32>(truncatingIfNeeded: bytes))
  }
}
