import NIOCore

/// What a server says of itself while it runs: a line of JSON for every request, and for everything else worth knowing.
package struct RequestLog: Sendable {
  /// How grave a line is.
  package enum Level: String, Sendable, CaseIterable, Comparable {
    /// Also questions whether the server is alive, which come every few seconds.
    case debug
    /// Requests that were answered.
    case info
    /// Requests that were refused for what their senders did.
    case warning
    /// Requests that failed for the server's sake, and what went wrong besides.
    case error
    /// Nothing at all.
    case none

    package static func < (one: Level, other: Level) -> Bool {
      (allCases.firstIndex(of: one) ?? 0) < (allCases.firstIndex(of: other) ?? 0)
    }
  }

  /// A request and what became of it.
  struct Entry {
    var id: String
    var address: SocketAddress?
    var method: String?
    /// Without what follows `?`, where secrets may stand.
    var path: String?
    var status: Int
    /// Of the answer's body.
    var bytes: Int?
    var duration: Duration?
    /// Why it was refused.
    var reason: String?

    var level: Level {
      switch status {
      case 500...: .error
      case 400...: .warning
      default: path.map { $0.hasSuffix("/health/live") || $0.hasSuffix("/health/ready") } == true ? .debug : .info
      }
    }
  }

  private let least: Level
  private let writer: LineWriter

  /// A log.
  ///
  /// - Parameters:
  ///   - least: lines of less than this level are left out.
  ///   - descriptor: where lines go.
  package init(least: Level, descriptor: Int32) {
    self.least = least
    writer = LineWriter(descriptor: descriptor) { count in
      var line = Self.line(.warning)
      line.set("message", "\(count) lines of this log were left out, because nobody read them fast enough")
      return line.text
    }
  }

  /// Something that is not about one request.
  package func note(_ message: String, _ level: Level = .info) {
    guard level >= least else { return }
    var line = Self.line(level)
    line.set("message", message)
    writer.write(line.text)
  }

  /// Writes a line about a request, if it is grave enough; what only the line needs is made only then.
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

  /// Waits until it is written, for a second at most.
  package func flush() { writer.flush() }

  private static func line(_ level: Level) -> JSONLine {
    var line = JSONLine()
    line.set("time", Timestamp.log())
    line.set("level", level.rawValue)
    return line
  }
}
