/// A fixed-point format. Numbers are rounded to multiples of a power of 2 and added as whole numbers, so a sum does not
/// depend on the order: it has the same bits on any number of threads and with every instruction set.
package struct FixedPoint: Sendable {
  /// The power of 2 by which numbers are multiplied before they are rounded.
  package let scale: Double
  /// A power of 2, at least the largest number. A number fits if its absolute value is not larger.
  package let limit: Double
  /// The number of digits that ``PixelKernels`` cut a whole number into, 2 or 3; 0 if it is not cut.
  package let digits: Int

  /// Chooses the finest format in which each number of at most `largest` has `digits` digits of 16 bits, and a sum of
  /// `terms` numbers, each times a byte, fits into 64 bits; nil if `largest` is not below 2¹⁰²³.
  package init?(digits: Int, largest: Double, terms: Int) {
    // A byte has 8 bits. The digits have a sign, and balanced digits cannot express the largest numbers of their bits.
    self.init(digits: digits, largest, bits: min(16 * digits - 2, 62 - 8 - Self.bits(terms)))
  }

  /// Chooses the finest format in which a sum of `terms` numbers of at most `largest` fits into 64 bits; nil if `largest`
  /// is not below 2¹⁰²³.
  package init?(largest: Double, terms: Int) {
    self.init(digits: 0, largest, bits: 62 - Self.bits(terms))
  }

  private init?(digits: Int, _ largest: Double, bits: Int) {
    guard largest < 0x1p1023 else { return nil }
    // The scale must be finite, too.
    let exponent = largest == 0 ? 0 : max(Int(largest.exponent) + 1, -900)
    limit = Double(sign: .plus, exponent: exponent, significand: 1)
    scale = Double(sign: .plus, exponent: bits - exponent, significand: 1)
    self.digits = digits
  }

  /// Returns b for a number of terms of at most 2ᵇ.
  private static func bits(_ terms: Int) -> Int { Int.bitWidth - max(terms - 1, 0).leadingZeroBitCount }

  /// Returns the whole number nearest to a number times ``scale``, the even one of two; nil if the number does not fit.
  package func whole(_ number: Double) -> Int64? {
    abs(number) <= limit ? Int64((number * scale).rounded(.toNearestOrEven)) : nil
  }

  /// Returns the number of a whole number or a sum of them, rounded to Float64; infinite if it is too large.
  package func number(_ whole: Int64) -> Double { Double(whole) * (1 / scale) }
}
