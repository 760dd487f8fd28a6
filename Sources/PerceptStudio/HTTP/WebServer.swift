import Glibc
import Hummingbird
import HummingbirdCore
import Logging
import NIOCore

/// Puts a site on a port, over HTTP/1.1.
package struct WebServer<Pages: Site>: Sendable {
  let site: Pages

  package init(_ site: Pages) { self.site = site }

  /// Serves until SIGINT or SIGTERM, or until the task is cancelled; requests under way are answered first.
  ///
  /// - Parameters:
  ///   - host: the address to listen at; 127.0.0.1 is reached from this machine only.
  ///   - port: 0 for any that is free.
  ///   - onStart: is given the port once requests can come.
  /// - Throws: ``ServerError`` when it cannot listen there.
  package func run(host: String, port: Int, onStart: @escaping @Sendable (Int) -> Void) async throws {
    let limits = site.limits
    let quiet = Logger(label: "percept", factory: { _ in SwiftLogNoOpLogHandler() })
    let application = Application(
      responder: SiteResponder(site),
      server: .http1(
        configuration: .init(
          additionalChannelHandlers: [ContinueHandler(largestBody: limits.bodyBytes)],
          idleTimeout: TimeAmount(limits.idleTime))),
      configuration: ApplicationConfiguration(
        address: .hostname(host, port: port),
        availableConnectionsDelegate: MaximumAvailableConnections(limits.connections, logger: quiet)),
      onServerRunning: { onStart($0.localAddress?.port ?? port) }, logger: quiet)
    do {
      try await application.runService()
    } catch let error as IOError {
      throw ServerError(host: host, port: port, reason: String(cString: strerror(error.errnoCode)))
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
