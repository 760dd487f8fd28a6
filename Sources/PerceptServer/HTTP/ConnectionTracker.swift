import NIOCore
import Synchronization

/// Tracks the open connections of a server, its requests in flight, and whether it is shutting down.
package final class ConnectionTracker: Sendable {
  private struct Client {
    let channel: any Channel
    let address: String?
    /// The requests in flight: from the arrival of the head until the response is written.
    var requests = 0
    /// Whether the client had a request in flight when the shutdown began. That request is still answered.
    var isDraining = false
  }

  private struct State {
    var clients: [ObjectIdentifier: Client] = [:]
    var accepted = 0
    var requests = 0
    var isEnding = false
    var onIdle: CheckedContinuation<Void, Never>?

    /// Removes and returns the continuation that waits for the server to be idle, if no request is in flight.
    mutating func takeOnIdle() -> CheckedContinuation<Void, Never>? { requests == 0 ? onIdle.take() : nil }
  }

  private let state = Mutex(State())

  package init() {}

  package var isEnding: Bool { state.withLock(\.isEnding) }

  package var connections: Int { state.withLock(\.clients.count) }

  /// The number of connections since the start.
  var accepted: Int { state.withLock(\.accepted) }

  package var requests: Int { state.withLock(\.requests) }

  func opened(_ channel: any Channel) {
    let client = Client(channel: channel, address: channel.remoteAddress?.ipAddress)
    state.withLock { state in
      state.clients[ObjectIdentifier(channel)] = client
      state.accepted += 1
    }
  }

  /// Returns the number of open connections from an address. Takes O(connections) time.
  func connections(from address: String) -> Int {
    state.withLock { $0.clients.values.count { $0.address == address } }
  }

  func began(_ channel: any Channel) {
    state.withLock { state in
      state.clients[ObjectIdentifier(channel)]?.requests += 1
      state.requests += 1
    }
  }

  func answered(_ channel: any Channel) {
    state.withLock { state -> CheckedContinuation<Void, Never>? in
      guard state.clients[ObjectIdentifier(channel)]?.requests ?? 0 > 0 else { return nil }
      state.clients[ObjectIdentifier(channel)]?.requests -= 1
      state.requests -= 1
      return state.takeOnIdle()
    }?.resume()
  }

  func closed(_ channel: any Channel) {
    state.withLock { state in
      state.requests -= state.clients.removeValue(forKey: ObjectIdentifier(channel))?.requests ?? 0
      return state.takeOnIdle()
    }?.resume()
  }

  /// Returns whether a request on a connection arrived after the shutdown began and must be refused.
  func isTooLate(_ channel: any Channel) -> Bool {
    state.withLock { $0.isEnding && $0.clients[ObjectIdentifier(channel)]?.isDraining != true }
  }

  /// Refuses new requests, and closes each connection when it is idle.
  func end() {
    let open = state.withLock { state in
      state.isEnding = true
      for (id, client) in state.clients where client.requests > 0 { state.clients[id]?.isDraining = true }
      return state.clients.values.map(\.channel)
    }
    for channel in open { channel.pipeline.fireUserInboundEventTriggered(ChannelShouldQuiesceEvent()) }
  }

  /// Returns when no request is in flight.
  func waitUntilIdle() async {
    await withCheckedContinuation { continuation in
      state.withLock { state in
        state.onIdle = continuation
        return state.takeOnIdle()
      }?.resume()
    }
  }

  func closeAll() {
    for client in state.withLock({ Array($0.clients.values) }) { client.channel.close(promise: nil) }
  }
}
