/// Returns Σⱼ values[j], 0 if there are no values. The order of additions is fixed: eight partial sums, so that an
/// addition does not wait for the one before it.
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

/// Returns Σⱼ a[j]·b[j] over the elements of `a`. `b` must have at least as many elements.
package func dot(_ a: [Double], _ b: [Double]) -> Double {
  a.withUnsafeBufferPointer { a in b.withUnsafeBufferPointer { b in dot(a.baseAddress, b.baseAddress, a.count) } }
}

/// Returns Σⱼ a[j]·b[j] over `count` elements, with eight partial sums; 0 if a pointer is `nil`.
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
