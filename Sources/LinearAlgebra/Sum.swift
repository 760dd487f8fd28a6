/// The sum of numbers, eight partial sums at a time: the same order every time, and no addition waits for the one before.
///
/// - Parameter values: any number of them.
/// - Returns: their sum.
package func sum(_ values: UnsafeBufferPointer<Double>) -> Double {
  var lanes = SIMD8<Double>.zero
  let whole = values.count / 8 * 8
  if let base = values.baseAddress {
    for start in stride(from: 0, to: whole, by: 8) {
      lanes += UnsafeRawPointer(base + start).loadUnaligned(as: SIMD8<Double>.self)
    }
  }
  var rest = 0.0
  for value in values[whole...] { rest += value }
  return lanes.sum() + rest
}
