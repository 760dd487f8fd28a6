import Percept
import PerceptPlatform

extension Double {
  /// Returns the number with the given number of decimals: `0.693147`. From 10¹⁵, where decimals mean nothing, it has as
  /// many significant digits instead: `1e+99`.
  func fixed(_ digits: Int) -> String {
    guard abs(self) < 1e15 else { return significant(max(digits, 1)) }
    return withVaList([digits, self]) { arguments in
      var buffer = [CChar](repeating: 0, count: 400)
      let length = Int(vsnprintf(&buffer, buffer.count, "%.*f", arguments))
      return String(decoding: buffer.prefix(max(length, 0)).map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
  }

  /// Returns the number with the given number of significant digits, without trailing zeros: `0.002883`, `1e-05`.
  func significant(_ digits: Int) -> String {
    withVaList([digits, self]) { arguments in
      var buffer = [CChar](repeating: 0, count: 64)
      let length = Int(vsnprintf(&buffer, buffer.count, "%.*g", arguments))
      return String(decoding: buffer.prefix(max(length, 0)).map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
  }
}

extension Score {
  /// The accuracy with its count: `65.0 % (13 of 20)`.
  var plain: String { "\(percent(correct, of: count)) (\(correct) of \(count))" }

  /// The accuracy with its count and confidence interval: `65.0 % (13 of 20; 95 % interval 43.3 to 81.9 %)`.
  var summary: String { "\(percent(correct, of: count)) (\(correct) of \(count); 95 % interval \(interval))" }

  /// The 95 % confidence interval: `43.3 to 81.9 %`.
  var interval: String {
    let interval = Proportion(correct, of: count).interval
    let ends = [interval.lowerBound, interval.upperBound].map { (100 * $0).fixed(1) }
    return "\(ends[0]) to \(ends[1]) %"
  }

  /// The baseline: `always answering "female" would score 80.0 % (16 of 20)`.
  var baseline: String {
    "always answering \"\(majorityClass)\" would score \(percent(majorityCount, of: count)) (\(majorityCount) of \(count))"
  }
}

/// A fraction as a percentage: `65.0 %`. The division comes last, so that equal fractions are rounded equally.
func percent(_ part: Int, of count: Int) -> String { "\((100 * Double(part) / Double(count)).fixed(1)) %" }

/// Returns text with scalars that are unsafe on a terminal escaped, such as `\u{1b}`, so that a file name cannot move
/// the cursor, break a line, or change the order of characters. Text that is escaped already stays the same.
func printable(_ text: String) -> String {
  var result = ""
  for scalar in text.unicodeScalars {
    if scalar.isUnsafeOnTerminal {
      result += scalar == "\t" ? " " : "\\u{\(String(scalar.value, radix: 16))}"
    } else {
      result.unicodeScalars.append(scalar)
    }
  }
  return result
}

/// Returns lines of a table with columns as wide as their widest cell. The last column is not padded. The cells are
/// made ``printable(_:)``.
func aligned(_ rows: [[String]]) -> [String] {
  let rows = rows.map { $0.map(printable) }
  let columns = rows.map(\.count).max() ?? 0
  let widths = (0..<columns).map { column in rows.map { column < $0.count ? $0[column].count : 0 }.max() ?? 0 }
  return rows.map { row in
    row.enumerated().map { column, cell in
      column == row.count - 1 ? cell : cell + String(repeating: " ", count: widths[column] - cell.count)
    }.joined(separator: "  ")
  }
}

/// Returns a number of bytes in megabytes (10⁶ bytes): `1.2 MB`.
func megabytes(_ bytes: Int) -> String { (Double(bytes) / 1e6).fixed(1) + " MB" }

/// Returns a time, in seconds since 1970, in the local time zone: `2026-03-04 05:06`.
func localTime(_ seconds: Int) -> String {
  var (time, parts) = (time_t(seconds), tm())
  localtime_r(&time, &parts)
  return text(of: &parts, format: "%Y-%m-%d %H:%M")
}

/// Returns a time, in seconds since 1970, in UTC in the format of ISO 8601: `2026-03-04T04:06:07Z`.
func universalTime(_ seconds: Int) -> String {
  var (time, parts) = (time_t(seconds), tm())
  gmtime_r(&time, &parts)
  return text(of: &parts, format: "%Y-%m-%dT%H:%M:%SZ")
}

private func text(of parts: inout tm, format: String) -> String {
  var buffer = [CChar](repeating: 0, count: 64)
  let length = strftime(&buffer, buffer.count, format, &parts)
  return String(decoding: buffer.prefix(length).map { UInt8(bitPattern: $0) }, as: UTF8.self)
}
