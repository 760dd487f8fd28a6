import NIOCore
import Synchronization

/// Where a server stands between its start and its end: who is connected, what is under way, whether it is to end.
package final class ServerLife: Sendable {
  private struct State {
    var connections: [ObjectIdentifier: any Channel] = [:]
    var requests = 0
    var isEnding = false
    var onQuiet: CheckedContinuation<Void, Never>?
  }

  private let state = Mutex(State())

  package init() {}

  /// Whether it takes no more requests, because it is to end.
  package var isEnding: Bool { state.withLock(\.isEnding) }

  /// How many are connected.
  package var connections: Int { state.withLock(\.connections.count) }

  /// How many requests are being answered.
  package var requests: Int { state.withLock(\.requests) }

  func opened(_ channel: any Channel) {
    state.withLock { $0.connections[ObjectIdentifier(channel)] = channel }
  }

  func closed(_ channel: any Channel) {
    state.withLock { $0.connections[ObjectIdentifier(channel)] = nil }
  }

  /// Does `work`, which answers a request.
  func answering<Value>(_ work: () async -> Value) async -> Value {
    state.withLock { $0.requests += 1 }
    defer {
      state.withLock { state in
        state.requests -= 1
        return state.requests == 0 ? state.onQuiet.take() : nil
      }?.resume()
    }
    return await work()
  }

  /// From now on new requests are refused; connections without one are closed, others once they are answered. Returns when no
  /// request is under way.
  func end() async {
    let open = state.withLock { state in
      state.isEnding = true
      return Array(state.connections.values)
    }
    for channel in open { channel.pipeline.fireUserInboundEventTriggered(ChannelShouldQuiesceEvent()) }
    await withCheckedContinuation { continuation in
      let isQuiet = state.withLock { state in
        if state.requests > 0 { state.onQuiet = continuation }
        return state.requests == 0
      }
      if isQuiet { continuation.resume() }
    }
  }

  /// Closes every connection, whatever it waits for.
  func closeAll() {
    for channel in state.withLock({ Array($0.connections.values) }) { channel.close(promise: nil) }
  }
}
