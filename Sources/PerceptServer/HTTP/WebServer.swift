import Glibc
import Hummingbird
import HummingbirdCore
import Logging
import NIOCore
import NIOPosix
import Percept

/// Serves a responder on a port, over HTTP/1.1.
package struct WebServer<Target: Responder>: Sendable {
  package let responder: Target
  package let tracker = ConnectionTracker()
  private let log: RequestLog?
  private let ending = AsyncStream<Void>.makeStream()

  package init(_ responder: Target, log: RequestLog? = nil) { (self.responder, self.log) = (responder, log) }

  /// Begins a graceful shutdown, from any thread: new requests are refused, requests in flight are answered within
  /// ``ServerLimits/drainTime``, then ``run(host:port:onStart:)`` returns.
  package func end() { ending.continuation.finish() }

  /// Serves until ``end()`` is called. If the task is canceled, returns without a graceful shutdown. Port 0 is any free
  /// port; `onStart` gets the port once connections are accepted. Throws ``ServerError`` if the server cannot listen.
  package func run(host: String, port: Int, onStart: @escaping @Sendable (Int) -> Void) async throws {
    let server = server(host: host, port: port, onStart: onStart)
    do {
      try await withThrowingTaskGroup(of: Void.self) { group in
        group.addTask { try await server.run() }
        group.addTask {
          for await _ in ending.stream {}
          try await drain(server)
        }
        defer { group.cancelAll() }
        try await group.next()
      }
    } catch let error as IOError {
      throw ServerError(host: host, port: port, reason: String(cString: strerror(error.errnoCode)))
    } catch is CancellationError {
      return
    }
  }

  private func server(host: String, port: Int, onStart: @escaping @Sendable (Int) -> Void) -> Server<ConnectionSetup> {
    let (limits, tracker, log) = (responder.limits, tracker, log)
    let quiet = Logger(label: "percept", factory: { _ in SwiftLogNoOpLogHandler() })
    let pipeline = ResponderPipeline(responder, tracker: tracker, log: log)
    let setup = ConnectionSetup(limits: limits, tracker: tracker, log: log, admits: responder.admits) {
      await pipeline.respond(to: $0, over: $1)
    }
    return Server(
      childChannelSetup: setup,
      configuration: ServerConfiguration(
        address: .hostname(host, port: port),
        availableConnectionsDelegate: MaximumAvailableConnections(connections, logger: quiet)),
      onServerRunning: { onStart($0.localAddress?.port ?? port) },
      eventLoopGroup: MultiThreadedEventLoopGroup.singleton, logger: quiet)
  }

  /// The largest number of open connections: ``ServerLimits/connections``, or fewer if the process may not open so many
  /// files. Each event loop needs three, and there is one for each processor.
  private var connections: Int {
    let wanted = responder.limits.connections
    let possible = max(1, OpenFiles.free - OpenFiles.needed - 3 * OpenFiles.processors)
    if possible < wanted {
      log?.note(
        "too many open files: the limit of \(OpenFiles.limit) allows \(possible) connections at a time instead of "
          + "\(wanted); others wait; raise it with ulimit -n or LimitNOFILE", .warning)
    }
    return min(wanted, possible)
  }

  private func drain(_ server: Server<ConnectionSetup>) async throws {
    let (limit, tracker, log) = (responder.limits.drainTime, tracker, log)
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask {
        await tracker.end()
        try await server.shutdownGracefully()
      }
      group.addTask {
        try await Task.sleep(for: limit)
        log?.note("\(tracker.requests) requests did not finish within \(limit); closing their connections", .error)
        tracker.closeAll()
      }
      defer { group.cancelAll() }
      try await group.next()
    }
  }
}

package struct ServerError: Error, CustomStringConvertible {
  package let host: String
  package let port: Int
  package let reason: String

  package var description: String { "cannot listen on \(host), port \(port): \(reason); choose another port or host" }
}
