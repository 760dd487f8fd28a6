import NIOCore

/// The log of a server: one line of JSON for each request and each other event.
package struct RequestLog: Sendable {
  package enum Level: String, Sendable, CaseIterable, Comparable {
    /// Health checks, which arrive every few seconds.
    case debug
    /// Requests that succeeded, and events such as reloads.
    case info
    /// Requests with a client error (4xx).
    case warning
    /// Requests with a server error (5xx), and other errors.
    case error
    case none

    package static func < (one: Level, other: Level) -> Bool {
      (allCases.firstIndex(of: one) ?? 0) < (allCases.firstIndex(of: other) ?? 0)
    }
  }

  struct Entry {
    var id: String
    var address: SocketAddress?
    var method: String?
    /// The path without the query, which may contain secrets.
    var path: String?
    var status: Int
    /// The size of the response body.
    var bytes: Int?
    var duration: Duration?
    var reason: String?

    var level: Level {
      switch status {
      case 500...: .error
      case 400...: .warning
      default: path.map(isHealthCheck) == true ? .debug : .info
      }
    }
  }

  private let least: Level
  private let writer: LineWriter

  /// Creates a log that writes lines from the level `least` up.
  package init(least: Level, descriptor: Int32) {
    self.least = least
    writer = LineWriter(descriptor: descriptor) { count in
      var line = Self.line(.warning)
      line.set("message", "\(count) log lines were dropped because the log was not read fast enough")
      return line.text
    }
  }

  package func note(_ message: String, _ level: Level = .info) {
    guard level >= least else { return }
    var line = Self.line(level)
    line.set("message", message)
    writer.write(line.text)
  }

  /// Calls `model` only if the level is high enough.
  func write(_ entry: Entry, model: () -> String? = { nil }) {
    guard entry.level >= least else { return }
    var line = Self.line(entry.level)
    line.set("id", entry.id)
    line.set("address", entry.address?.ipAddress)
    line.set("method", entry.method)
    line.set("path", entry.path.map { String($0.prefix(256)) })
    line.set("status", entry.status)
    if let bytes = entry.bytes { line.set("bytes", bytes) }
    if let duration = entry.duration { line.set("milliseconds", (duration / .microseconds(1)).rounded() / 1000) }
    line.set("model", model())
    line.set("reason", entry.reason)
    writer.write(line.text)
  }

  package func flush() { writer.flush() }

  private static func line(_ level: Level) -> JSONLine {
    var line = JSONLine()
    line.set("time", Timestamp.log())
    line.set("level", level.rawValue)
    return line
  }
}
