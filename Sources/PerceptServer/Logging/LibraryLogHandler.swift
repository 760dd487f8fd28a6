package import Logging

/// Writes warnings and errors of Hummingbird and SwiftNIO to the log of the server.
package struct LibraryLogHandler: LogHandler {
  package var logLevel = Logger.Level.warning
  package var metadata = Logger.Metadata()
  private let log: RequestLog?

  package init(log: RequestLog?) { self.log = log }

  package subscript(metadataKey key: String) -> Logger.Metadata.Value? {
    get { metadata[key] }
    set { metadata[key] = newValue }
  }

  package func log(event: LogEvent) {
    let facts = metadata.merging(event.metadata ?? [:]) { $1 }.sorted { $0.key < $1.key }
    let text = ([event.message.description] + facts.map { "\($0.key): \($0.value)" }).joined(separator: "; ")
    log?.note(text, event.level >= .error ? .error : .warning)
  }
}
