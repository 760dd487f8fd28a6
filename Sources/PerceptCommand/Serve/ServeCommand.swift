import ArgumentParser
import Percept
import PerceptPlatform
import PerceptServer
import PerceptStudio

struct ServeCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "serve",
    abstract: "Serve predictions over HTTP.",
    discussion: """
      EXAMPLES:
        percept serve faces.safetensors
        curl -T cat.jpg http://127.0.0.1:8080/predict
        curl -F image=@cat.jpg http://127.0.0.1:8080/predict
        percept serve faces.safetensors pets=old/pets.safetensors --port 9000
        curl -T cat.jpg http://127.0.0.1:9000/models/pets/predict

      Responses are JSON with the keys of percept predict --json. Errors are
      {"error": …}. Open / in a browser to try the models. /v2 implements the Open
      Inference Protocol, /metrics serves metrics for Prometheus, and /openapi.json
      describes all paths.

      By default, only clients on this machine can connect. Another --host requires
      a token or --allow-anonymous. Clients send the token in the header
      Authorization: Bearer TOKEN. On this machine, requests must address
      127.0.0.1, localhost, [::1] or an --allowed-host, such as the name of a
      reverse proxy.

      SIGHUP reloads the models. Ctrl-C and SIGTERM stop the server after requests
      in flight are answered; a second signal stops it at once. Each request is
      logged to standard error as a line of JSON. Guides/Serving.md describes
      limits, logs, metrics and deployment.
      """)

  @Argument(
    help: ArgumentHelp(
      "Model files; NAME=FILE sets the name in requests.", valueName: "model"), completion: .model)
  var models: [String]

  @Option(help: "The address to listen on; 0.0.0.0 for all interfaces.")
  var host = "127.0.0.1"

  @Option(help: "Another host name that requests may address; repeat for more.")
  var allowedHost: [String] = []

  @Option(help: "Bearer token required from clients; prefer PERCEPT_TOKEN.")
  var token: String?

  @Flag(help: "Serve other machines without a token.")
  var allowAnonymous = false

  @Option(help: "The port to listen on; 0 chooses a free port.")
  var port = 8080

  @Option(help: "Minimum level of log lines; debug includes health checks.")
  var logLevel = RequestLog.Level.info

  @OptionGroup(title: "Limits")
  var options: ServerOptions

  func validate() throws {
    guard (0...65535).contains(port) else { throw ValidationError("--port must be from 0 to 65535 (got \(port)).") }
    guard try requiredToken != nil || allowAnonymous || isLoopback(host) else {
      throw ValidationError(
        """
        --host \(host) exposes the server to other machines without a token. Set PERCEPT_TOKEN to require one, or add \
        --allow-anonymous.
        """)
    }
    guard !models.isEmpty else { throw ValidationError("No model given. Name at least one model file.") }
    let names = models.map { Self.entry($0).name }
    if let twice = names.first(where: { name in names.count { $0 == name } > 1 }) {
      throw ValidationError("Two models are named \"\(twice)\". Rename one, for example other=\(twice).safetensors.")
    }
  }

  func run() throws {
    Platform.returnFreedMemory()
    // Install signal handlers before any thread starts.
    let signals = ServerSignals(reloading: true)
    Terminal.ignoreClosedPipes()
    let repository = try ModelRepository(reading: models.map(Self.entry))
    let log = RequestLog(least: logLevel, descriptor: 2)
    let responder = PredictionResponder(repository: repository, limits: options.limits, token: try requiredToken)
    let hosts = AllowedHosts(listeningOn: host, names: allowedHost)
    let (server, host, port) = (WebServer(responder, hosts: hosts, log: log), host, port)
    signals.hear(reload: { repository.reload { model, error in Self.note(model, error, in: log) } }) {
      log.note("shutting down after requests in flight are answered")
      server.end()
    }
    defer { log.flush() }
    try blockingRun {
      try await server.run(host: host, port: port) { port in
        let names = repository.models.map(\.name).joined(separator: ", ")
        Terminal.note("Serving \(names) at http://\(host.contains(":") ? "[\(host)]" : host):\(port)/")
      }
    }
  }

  private static func note(_ model: ModelRepository.Place, _ error: (any Error)?, in log: RequestLog) {
    if let error {
      log.note("cannot reload model \(model.name), keeping the old one: \(error)", .error)
    } else {
      log.note("reloaded model \(model.name) from \(model.file)")
    }
  }

  /// The token of `--token` or else of the variable `PERCEPT_TOKEN`. If the variable is empty, there is no token.
  private var requiredToken: Token? {
    get throws {
      let variable = getenv("PERCEPT_TOKEN").map { String(cString: $0) }.flatMap { $0.isEmpty ? nil : $0 }
      guard let text = token ?? variable else { return nil }
      guard let token = Token(text) else {
        throw ValidationError("The token must be one or more visible ASCII characters without spaces.")
      }
      return token
    }
  }

  /// Returns the name and file of a model argument, `FILE` or `NAME=FILE`.
  private static func entry(_ model: String) -> ModelRepository.Place {
    if let equals = model.firstIndex(of: "="), equals != model.startIndex, !model[..<equals].contains("/") {
      return .init(name: String(model[..<equals]), file: String(model[model.index(after: equals)...]))
    }
    return .init(name: modelName(ofFile: model), file: model)
  }
}

extension RequestLog.Level: ExpressibleByArgument {}
