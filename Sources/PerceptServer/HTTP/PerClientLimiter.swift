import NIOCore
import Synchronization

/// Limits the number of requests that each client address may have in flight.
final class PerClientLimiter: Sendable {
  private let counts = Mutex<[String: Int]>([:])

  /// Runs `work`, or throws ``RequestError/tooMany(_:)``. Loopback is exempt without ``ServerLimits/countsLoopback``.
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
    // Remove addresses without requests, so that the table never has more entries than there are connections.
    defer { counts.withLock { $0[name] = $0[name].flatMap { $0 > 1 ? $0 - 1 : nil } } }
    return try await work()
  }
}

package func isLoopback(_ address: String) -> Bool {
  address == "localhost" || address == "::1" || address.hasPrefix("127.") || address.hasPrefix("::ffff:127.")
}
