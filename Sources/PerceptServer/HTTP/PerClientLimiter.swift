import NIOCore
import Synchronization

/// Limits the number of requests that each client address may have in flight.
final class PerClientLimiter: Sendable {
  private let counts = Mutex<[String: Int]>([:])

  /// Runs `work`, or throws ``RequestError/tooMany(_:)``.
  func admitting<Value>(
    _ address: SocketAddress?, within limits: ServerLimits, _ work: () async throws -> Value
  ) async throws -> Value {
    guard let name = limits.countedAddress(address) else { return try await work() }
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

extension ServerLimits {
  /// Returns the address that the limits per address count, or nil for loopback without ``countsLoopback``.
  func countedAddress(_ address: SocketAddress?) -> String? {
    address?.ipAddress.flatMap { countsLoopback || !isLoopback($0) ? $0 : nil }
  }
}

package func isLoopback(_ address: String) -> Bool {
  address == "localhost" || address == "::1" || address.hasPrefix("127.") || address.hasPrefix("::ffff:127.")
}
