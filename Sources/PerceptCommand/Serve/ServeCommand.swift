import ArgumentParser
import Glibc
import Percept
import PerceptServer
import PerceptStudio

struct ServeCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "serve",
    abstract: "Answer over HTTP which class pictures belong to.",
    discussion: """
      EXAMPLES:
        percept serve faces.safetensors
        curl -T cat.jpg http://127.0.0.1:8080/predict
        curl -F image=@cat.jpg http://127.0.0.1:8080/predict
        percept serve faces.safetensors pets=old/pets.safetensors --port 9000
        curl -T cat.jpg http://127.0.0.1:9000/models/pets/predict

      Answers are JSON with the keys of percept predict --json; errors are {"error": …}. A page to try it is at /.
      /v2 speaks the Open Inference Protocol of KServe and Triton, /metrics is for Prometheus, /openapi.json says all that can be asked.
      Only this machine can ask unless --host says otherwise, which needs a token or --allow-anonymous. With a token, requests
      bring it as Authorization: Bearer TOKEN; the page at / has a field for it; /health/live and /health/ready need none.
      SIGHUP reads the models anew. Ctrl-C or SIGTERM ends it, once requests under way are answered; a second one at once.
      Standard error gets a line of JSON for every request (--log-level).
      """)

  @Argument(
    help: ArgumentHelp(
      "Model files, named in requests by their file names without .safetensors, or as NAME=FILE.", valueName: "model"))
  var models: [String]

  @Option(help: "The address to listen at; 0.0.0.0 for everyone who can reach this machine.")
  var host = "127.0.0.1"

  @Option(
    help: """
      What those who ask must show. Better in the variable PERCEPT_TOKEN, because others on this machine see command lines.
      """)
  var token: String?

  @Flag(help: "Answer others than this machine without a token, whoever they are.")
  var allowAnonymous = false

  @Option(help: "The port to listen at; 0 for any that is free.")
  var port = 8080

  @Option(help: "What is logged: debug (everything), info (all but questions for its health), warning, error, none.")
  var logLevel = RequestLog.Level.info

  @OptionGroup(title: "Limits")
  var options: ServerOptions

  func validate() throws {
    guard (0...65535).contains(port) else { throw ValidationError("--port is from 0 to 65535, as \(port) is not.") }
    guard try requiredToken != nil || allowAnonymous || isLoopback(host) else {
      throw ValidationError(
        """
        --host \(host) lets others than this machine ask, and nothing asks who they are; set PERCEPT_TOKEN, or add \
        --allow-anonymous if that is meant.
        """)
    }
    guard !models.isEmpty else { throw ValidationError("There is no model to serve.") }
    let names = models.map { Self.entry($0).name }
    if let twice = names.first(where: { name in names.count { $0 == name } > 1 }) {
      throw ValidationError("Two models are called \"\(twice)\"; name one, as in other=\(twice).safetensors.")
    }
  }

  func run() throws {
    // Before anything starts a thread.
    let signals = ServerSignals(reloading: true)
    Terminal.ignoreClosedPipes()
    let repository = try ModelRepository(reading: models.map(Self.entry))
    let log = RequestLog(least: logLevel, descriptor: 2)
    let responder = PredictionResponder(repository: repository, limits: options.limits, token: try requiredToken)
    let (server, host, port) = (WebServer(responder, log: log), host, port)
    signals.hear(reload: { repository.reload { model, error in Self.note(model, error, in: log) } }) {
      log.note("ending, once requests under way are answered")
      server.end()
    }
    defer { log.flush() }
    try waiting {
      try await server.run(host: host, port: port) { port in
        let names = repository.models.map(\.name).joined(separator: ", ")
        Terminal.note("Serving \(names) at http://\(host.contains(":") ? "[\(host)]" : host):\(port)/")
      }
    }
  }

  private static func note(_ model: ModelRepository.Place, _ error: (any Error)?, in log: RequestLog) {
    if let error {
      log.note("\(model.name) stays as it was: \(error)", .error)
    } else {
      log.note("\(model.name) was read anew from \(model.file)")
    }
  }

  /// The token of the command line or, without one, of the environment, where an empty one means none.
  private var requiredToken: Token? {
    get throws {
      let variable = getenv("PERCEPT_TOKEN").map { String(cString: $0) }.flatMap { $0.isEmpty ? nil : $0 }
      guard let text = token ?? variable else { return nil }
      guard let token = Token(text) else {
        throw ValidationError("A token is of visible ASCII characters without spaces, at least one.")
      }
      return token
    }
  }

  /// Name and file of a model as it was given.
  private static func entry(_ model: String) -> ModelRepository.Place {
    if let equals = model.firstIndex(of: "="), equals != model.startIndex, !model[..<equals].contains("/") {
      return .init(name: String(model[..<equals]), file: String(model[model.index(after: equals)...]))
    }
    let name = FileSystem.name(of: model)
    return .init(name: name.hasSuffix(".safetensors") ? String(name.dropLast(".safetensors".count)) : name, file: model)
  }
}

extension RequestLog.Level: ExpressibleByArgument {}
