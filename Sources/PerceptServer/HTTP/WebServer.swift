import Glibc
import Hummingbird
import HummingbirdCore
import Logging
import NIOCore
import NIOPosix

/// Serves a responder on a port, over HTTP/1.1.
package struct WebServer<Target: Responder>: Sendable {
  package let responder: Target
  /// Who is connected and what is under way.
  package let tracker = ConnectionTracker()
  private let log: RequestLog?
  private let ending = AsyncStream<Void>.makeStream()

  package init(_ responder: Target, log: RequestLog? = nil) { (self.responder, self.log) = (responder, log) }

  /// Lets ``run(host:port:onStart:)`` return: at once new requests are refused, and what is under way is answered first,
  /// within ``ServerLimits/drainTime``. May be called from any thread.
  package func end() { ending.continuation.finish() }

  /// Serves until ``end()``, or until the task is cancelled, which waits for nothing.
  ///
  /// - Parameters:
  ///   - host: the address to listen at; 127.0.0.1 is reached from this machine only.
  ///   - port: 0 for any that is free.
  ///   - onStart: is given the port once requests can come.
  /// - Throws: ``ServerError`` when it cannot listen there.
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
        availableConnectionsDelegate: MaximumAvailableConnections(limits.connections, logger: quiet)),
      onServerRunning: { onStart($0.localAddress?.port ?? port) },
      eventLoopGroup: MultiThreadedEventLoopGroup.singleton, logger: quiet)
  }

  /// Waits for what is under way, within the time there is.
  private func drain(_ server: Server<ConnectionSetup>) async throws {
    let (limit, tracker, log) = (responder.limits.drainTime, tracker, log)
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask {
        await tracker.end()
        try await server.shutdownGracefully()
      }
      group.addTask {
        try await Task.sleep(for: limit)
        log?.note("\(tracker.requests) requests were not answered within \(limit) and are given up", .error)
        tracker.closeAll()
      }
      defer { group.cancelAll() }
      try await group.next()
    }
  }
}

/// Why a server cannot listen.
package struct ServerError: Error, CustomStringConvertible {
  package let host: String
  package let port: Int
  package let reason: String

  package var description: String { "cannot listen at \(host), port \(port): \(reason); try another --port or --host" }
}
