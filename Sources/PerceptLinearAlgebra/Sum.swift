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

/// Σⱼ a[j]·b[j].
package func dot(_ a: [Double], _ b: [Double]) -> Double {
  a.withUnsafeBufferPointer { a in b.withUnsafeBufferPointer { b in dot(a.baseAddress, b.baseAddress, a.count) } }
}

/// Σⱼ a[j]·b[j] of `count` numbers, eight partial sums at a time.
package func dot(_ a: UnsafePointer<Double>?, _ b: UnsafePointer<Double>?, _ count: Int) -> Double {
  guard let a, let b else { return 0 }
  var lanes = SIMD8<Double>.zero
  let whole = count / 8 * 8
  for start in stride(from: 0, to: whole, by: 8) {
    let left = UnsafeRawPointer(a + start).loadUnaligned(as: SIMD8<Double>.self)
    lanes += left * UnsafeRawPointer(b + start).loadUnaligned(as: SIMD8<Double>.self)
  }
  var rest = 0.0
  for j in whole..<count { rest += a[j] * b[j] }
  return lanes.sum() + rest
}
