import Hummingbird
import HummingbirdCore
import Logging
import NIOCore
import NIOPosix
import Percept
import PerceptPlatform

/// Serves a responder on a port, over HTTP/1.1.
package struct WebServer<Target: Responder>: Sendable {
  package let responder: Target
  package let tracker = ConnectionTracker()
  private let hosts: AllowedHosts
  private let log: RequestLog?
  private let ending = AsyncStream<Void>.makeStream()

  package init(_ responder: Target, hosts: AllowedHosts = .any, log: RequestLog? = nil) {
    (self.responder, self.hosts, self.log) = (responder, hosts, log)
  }

  /// Begins a graceful shutdown, from any thread: new requests are refused, requests in flight are answered within
  /// ``ServerLimits/drainTime``, then ``run(host:port:onStart:)`` returns.
  package func end() { ending.continuation.finish() }

  /// Serves until ``end()`` is called. If the task is canceled, returns without a graceful shutdown. Port 0 is any free
  /// port; `onStart` gets the port once connections are accepted. Throws ``ServerError`` if the server cannot listen.
  package func run(host: String, port: Int, onStart: @escaping @Sendable (Int) -> Void) async throws {
    let connections = allowedConnections()
    let server = server(host: host, port: port, connections: connections, onStart: onStart)
    do {
      try await withThrowingTaskGroup(of: Void.self) { group in
        group.addTask { try await server.run() }
        group.addTask {
          for await _ in ending.stream {}
          try await drain(server, connections: connections)
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

  private func server(
    host: String, port: Int, connections: Int, onStart: @escaping @Sendable (Int) -> Void
  ) -> Server<ConnectionSetup> {
    let (limits, responder, log) = (responder.limits, responder, log)
    let logger = Logger(label: "percept") { _ in LibraryLogHandler(log: log) }
    let pipeline = ResponderPipeline(responder, tracker: tracker, hosts: hosts, log: log)
    let setup = ConnectionSetup(
      limits: limits, tracker: tracker, refuse: pipeline.refuse,
      admitsBody: {
        $0.headerFields[.contentLength].flatMap(Int.init) ?? 0 <= limits.bodyBytes && responder.admits($0.headerFields)
      }, respond: pipeline.respond)
    return Server(
      childChannelSetup: setup,
      configuration: ServerConfiguration(
        address: .hostname(host, port: port),
        availableConnectionsDelegate: MaximumAvailableConnections(connections, logger: logger)),
      onServerRunning: { channel in
        try? await channel.eventLoop.submit {
          try channel.pipeline.syncOperations.addHandler(AcceptErrorHandler(log: log), position: .first)
        }.get()
        onStart(channel.localAddress?.port ?? port)
      }, eventLoopGroup: MultiThreadedEventLoopGroup.singleton, logger: logger)
  }

  /// Returns the largest number of open connections: ``ServerLimits/connections``, or fewer if the process may not open so
  /// many files. Each event loop needs three, and there is one for each processor.
  private func allowedConnections() -> Int {
    let wanted = responder.limits.connections
    let others = OpenFiles.used + OpenFiles.needed + 3 * Processors.count
    OpenFiles.raiseLimit(to: wanted + others)
    let possible = max(1, OpenFiles.limit - others)
    if possible < wanted {
      log?.note(
        "too many open files: the limit of \(OpenFiles.limit) allows \(possible) connections at a time instead of "
          + "\(wanted); others wait; raise it with ulimit -n or LimitNOFILE", .warning)
    }
    return min(wanted, possible)
  }

  /// Answers what clients have sent, then closes the listening socket and the remaining connections.
  private func drain(_ server: Server<ConnectionSetup>, connections: Int) async throws {
    let (limits, tracker, log) = (responder.limits, tracker, log)
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask {
        tracker.end()
        // Clients may be waiting if there are as many connections as allowed, or more are accepted. New clients may never
        // stop to connect, so the number of other rounds is limited.
        var (rounds, accepted, isFull) = (0, 0, false)
        repeat {
          (accepted, isFull) = (tracker.accepted, tracker.connections >= connections)
          if !isFull { rounds += 1 }
          try await Task.sleep(for: limits.quietTime)
          await tracker.waitUntilIdle()
        } while isFull || tracker.accepted > accepted && rounds < 10
        try await server.shutdownGracefully()
      }
      group.addTask {
        try await Task.sleep(for: limits.drainTime)
        log?.note(
          "\(tracker.requests) requests did not finish within \(limits.drainTime); closing their connections", .error)
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
