import HummingbirdCore
package import NIOCore
import Synchronization

/// A connection that is accepted, but perhaps not handled yet. SwiftNIO traps if the connection is released without having
/// been closed, which happens to those that the server accepts while its listening socket closes.
package final class AcceptedConnection: ServerChildChannelValue {
  private let connection: HTTP1Channel.Value
  private let isTaken = Atomic(false)

  init(_ connection: HTTP1Channel.Value) { self.connection = connection }

  package var channel: any Channel { connection.channel }

  /// Returns the connection to a caller that closes it.
  func take() -> HTTP1Channel.Value {
    isTaken.store(true, ordering: .relaxed)
    return connection
  }

  deinit {
    guard !isTaken.load(ordering: .relaxed) else { return }
    Task { [connection] in try await connection.executeThenClose { _, _ in } }
  }
}
