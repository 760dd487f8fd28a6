import PerceptIO
import PerceptPlatform

package enum Ticks {
  /// Returns about `count` multiples of 1, 2 or 5 times a power of ten in a range.
  package static func linear(_ range: ClosedRange<Double>, count: Int = 6) -> [Double] {
    let span = range.upperBound - range.lowerBound
    guard span > 0, span.isFinite else { return [range.lowerBound] }
    let rough = span / Double(max(count, 1))
    let power = pow(10, log10(rough).rounded(.down))
    let step = power * ([1, 2, 5, 10].first { $0 * power >= rough * 0.999 } ?? 10)
    // Include range ends that are ticks except for rounding errors: 0.7 / 0.002 is slightly less than 350.
    let first = (range.lowerBound / step - 1e-9).rounded(.up)
    let last = (range.upperBound / step + 1e-9).rounded(.down)
    guard first <= last else { return [range.lowerBound] }
    return (0...Int(nearest: last - first)).map { (first + Double($0)) * step }
  }

  /// Returns the powers of ten in a range. Wide ranges skip some, narrow ranges also include 3 times each power.
  package static func logarithmic(_ range: ClosedRange<Double>, count: Int = 6) -> [Double] {
    let first = Int(nearest: log10(range.lowerBound).rounded(.up))
    let last = Int(nearest: log10(range.upperBound).rounded(.down))
    guard first <= last else { return [range.lowerBound, range.upperBound] }
    let step = max(1, (last - first + count) / count)
    let powers = stride(from: first, through: last, by: step).map { pow(10, Double($0)) }
    return 4 * (last - first) <= count ? powers.flatMap { [$0, 3 * $0] }.filter(range.contains) : powers
  }

  /// Extends a range to round numbers at both ends.
  package static func rounded(_ range: ClosedRange<Double>) -> ClosedRange<Double> {
    let span = range.upperBound - range.lowerBound
    guard span > 0 else {
      let margin = abs(range.lowerBound) > 0 ? abs(range.lowerBound) / 2 : 1
      return range.lowerBound - margin...range.upperBound + margin
    }
    let ticks = linear(range)
    guard ticks.count >= 2 else { return range }
    let step = ticks[1] - ticks[0]
    return (range.lowerBound / step).rounded(.down) * step...(range.upperBound / step).rounded(.up) * step
  }

  package static func significant(_ value: Double, digits: Int) -> Double {
    guard value != 0, value.isFinite else { return value }
    let scale = pow(10, Double(digits - 1) - log10(abs(value)).rounded(.down))
    return scale.isFinite && scale > 0 ? (value * scale).rounded() / scale : value
  }

  /// Returns the largest number ≤ `value` that is 1, 2 or 5 times a power of ten. `value` must be > 0.
  package static func below(_ value: Double) -> Double {
    let exponent = Int(nearest: log10(value).rounded(.down))
    // Parse the decimal text, to get the same number that people would type.
    let candidates = [1, 2, 5].compactMap { Double("\($0)e\(exponent)") }
    return candidates.last { $0 <= value } ?? value
  }

  /// Formats a fraction as a percentage: `65.0 %`.
  package static func percent(_ share: Double) -> String { "\((share * 1000).rounded() / 10) %" }

  /// Formats the label of a tick without unnecessary digits and with a minus sign: `0.001`, `−250`, `1e-6`.
  package static func label(_ value: Double) -> String {
    if abs(value) < .leastNormalMagnitude { return "0" }
    if value < 0 { return "−" + label(-value) }
    guard value.isFinite else { return "\(value)" }
    let rounded = abs(value) < 1e15 ? (value * 1e9).rounded() / 1e9 : value
    if abs(value) >= 1e-4, abs(value) < 1e6 {
      let text = "\(rounded)"
      return text.hasSuffix(".0") ? String(text.dropLast(2)) : text
    }
    let exponent = Int(nearest: log10(abs(value)).rounded(.down))
    let mantissa = ((value / pow(10, Double(exponent))) * 1e3).rounded() / 1e3
    let digits = "\(mantissa)".hasSuffix(".0") ? "\(Int(mantissa))" : "\(mantissa)"
    return "\(digits)e\(exponent)"
  }
}
