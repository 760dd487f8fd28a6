import NIOCore
import Synchronization

/// How many requests each address has under way.
final class PerClientLimiter: Sendable {
  private let counts = Mutex<[String: Int]>([:])

  /// Does `work` for a request from an address.
  ///
  /// - Throws: ``RequestError/tooMany(_:)`` where it has as many under way as it may, and what `work` throws.
  func admitting<Value>(
    _ address: SocketAddress?, within limits: ServerLimits, _ work: () async throws -> Value
  ) async throws -> Value {
    guard let name = address?.ipAddress, limits.countsLoopback || !isLoopback(name) else { return try await work() }
    try counts.withLock { counts in
      guard counts[name, default: 0] < limits.requestsPerAddress else {
        throw RequestError.tooMany(limits.requestsPerAddress)
      }
      counts[name, default: 0] += 1
    }
    // Who has none under way is forgotten, so that it never grows beyond the connections.
    defer { counts.withLock { $0[name] = $0[name].flatMap { $0 > 1 ? $0 - 1 : nil } } }
    return try await work()
  }
}

/// Whether an address is of this machine alone.
package func isLoopback(_ address: String) -> Bool {
  address == "localhost" || address == "::1" || address.hasPrefix("127.") || address.hasPrefix("::ffff:127.")
}
