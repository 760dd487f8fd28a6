import Glibc
import Hummingbird
import HummingbirdCore
import Logging
import NIOCore

/// Serves classifiers over HTTP: `POST` or `PUT` a picture, get its class.
package struct PredictionServer: Sendable {
  /// What is served, by different names.
  package let models: [ServedModel]
  /// What it takes from those who ask.
  package let limits: ServerLimits

  /// A server of some models.
  ///
  /// - Parameters:
  ///   - models: at least one, by different names.
  ///   - limits: what it takes from those who ask.
  package init(models: [ServedModel], limits: ServerLimits = ServerLimits()) {
    precondition(!models.isEmpty && Set(models.map(\.name)).count == models.count, "names of models differ")
    self.models = models
    self.limits = limits
  }

  /// Serves until SIGINT or SIGTERM, or until the task is cancelled; requests under way are answered first.
  ///
  /// - Parameters:
  ///   - host: the address to listen at; 127.0.0.1 is reached from this machine only.
  ///   - port: 0 for any that is free.
  ///   - onStart: is given the port once requests can come.
  /// - Throws: ``ServerError`` when it cannot listen there.
  package func run(host: String, port: Int, onStart: @escaping @Sendable (Int) -> Void) async throws {
    let (limits, responder) = (limits, PredictionResponder(models: models, limits: limits))
    let quiet = Logger(label: "percept", factory: { _ in SwiftLogNoOpLogHandler() })
    let application = Application(
      responder: responder,
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
