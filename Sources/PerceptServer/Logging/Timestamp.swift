import FoundationEssentials
import PerceptPlatform
import Synchronization

/// Formats the current time in UTC for HTTP headers and logs.
enum Timestamp {
  /// The current time in milliseconds (RFC 3339), such as `2024-05-01T12:30:00.250Z`.
  static func log() -> String {
    let (seconds, milliseconds) = now()
    return formatted(seconds, "%Y-%m-%dT%H:%M:%S") + "." + padded(milliseconds) + "Z"
  }

  /// The current time in the format of the `Date` header (RFC 9110). It is formatted once per second and cached.
  static func header() -> String {
    let (seconds, _) = now()
    return lastHeader.withLock { last in
      if last.seconds != seconds { last = (seconds, formatted(seconds, "%a, %d %b %Y %H:%M:%S GMT")) }
      return last.text
    }
  }

  private static let lastHeader = Mutex((seconds: 0, text: ""))

  private static func now() -> (seconds: Int, milliseconds: Int) {
    let milliseconds = Int(Date().timeIntervalSince1970 * 1000)
    return (milliseconds / 1000, milliseconds % 1000)
  }

  private static func padded(_ milliseconds: Int) -> String {
    let digits = String(milliseconds)
    return String(repeating: "0", count: 3 - digits.count) + digits
  }

  /// Formats a time with `strftime`. The program never sets a locale, so the names of days and months are English.
  private static func formatted(_ seconds: Int, _ format: String) -> String {
    var (time, parts) = (seconds, tm())
    gmtime_r(&time, &parts)
    return withUnsafeTemporaryAllocation(of: CChar.self, capacity: 64) { text in
      guard let base = text.baseAddress, strftime(base, text.count, format, &parts) > 0 else { return "" }
      return String(cString: base)
    }
  }
}
