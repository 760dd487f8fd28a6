import NIOCore
import Synchronization

/// Where a server stands between its start and its end: who is connected, what is under way, whether it is to end.
package final class ConnectionTracker: Sendable {
  private struct Client {
    let channel: any Channel
    /// From the arrival of a request's head until its answer is written.
    var requests = 0
    /// Whether it had a request under way when the end was asked for, which is still answered.
    var isSpared = false
  }

  private struct State {
    var clients: [ObjectIdentifier: Client] = [:]
    var requests = 0
    var isEnding = false
    var onQuiet: CheckedContinuation<Void, Never>?

    /// Who waits for there to be no request, if there is none.
    mutating func takeQuiet() -> CheckedContinuation<Void, Never>? { requests == 0 ? onQuiet.take() : nil }
  }

  private let state = Mutex(State())

  package init() {}

  /// Whether it takes no more requests, because it is to end.
  package var isEnding: Bool { state.withLock(\.isEnding) }

  /// How many are connected.
  package var connections: Int { state.withLock(\.clients.count) }

  /// How many requests are being answered.
  package var requests: Int { state.withLock(\.requests) }

  func opened(_ channel: any Channel) {
    state.withLock { $0.clients[ObjectIdentifier(channel)] = Client(channel: channel) }
  }

  /// A request has begun to arrive.
  func began(_ channel: any Channel) {
    state.withLock { state in
      state.clients[ObjectIdentifier(channel)]?.requests += 1
      state.requests += 1
    }
  }

  /// An answer is written.
  func answered(_ channel: any Channel) {
    state.withLock { state -> CheckedContinuation<Void, Never>? in
      guard state.clients[ObjectIdentifier(channel)]?.requests ?? 0 > 0 else { return nil }
      state.clients[ObjectIdentifier(channel)]?.requests -= 1
      state.requests -= 1
      return state.takeQuiet()
    }?.resume()
  }

  func closed(_ channel: any Channel) {
    state.withLock { state in
      state.requests -= state.clients.removeValue(forKey: ObjectIdentifier(channel))?.requests ?? 0
      return state.takeQuiet()
    }?.resume()
  }

  /// Whether a request that came over a connection is too late to be answered.
  func isTooLate(_ channel: ObjectIdentifier) -> Bool {
    state.withLock { $0.isEnding && $0.clients[channel]?.isSpared != true }
  }

  /// From now on new requests are refused; connections without one are closed, others once they are answered. Returns when no
  /// request is under way.
  func end() async {
    let open = state.withLock { state in
      state.isEnding = true
      for (id, client) in state.clients where client.requests > 0 { state.clients[id]?.isSpared = true }
      return state.clients.values.map(\.channel)
    }
    for channel in open { channel.pipeline.fireUserInboundEventTriggered(ChannelShouldQuiesceEvent()) }
    await withCheckedContinuation { continuation in
      state.withLock { state in
        state.onQuiet = continuation
        return state.takeQuiet()
      }?.resume()
    }
  }

  /// Closes every connection, whatever it waits for.
  func closeAll() {
    for client in state.withLock({ Array($0.clients.values) }) { client.channel.close(promise: nil) }
  }
}
