import ArgumentParser
import Percept
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
      Only this machine can ask unless --host and --allow-anonymous say otherwise. Ctrl-C or SIGTERM ends it, once requests under way are
      answered.
      """)

  @Argument(
    help: ArgumentHelp(
      "Model files, named in requests by their file names without .safetensors, or as NAME=FILE.", valueName: "model"))
  var models: [String]

  @Option(help: "The address to listen at; with --allow-anonymous 0.0.0.0 for everyone who can reach this machine.")
  var host = "127.0.0.1"

  @Flag(help: "Answer others than this machine, whoever they are.")
  var allowAnonymous = false

  @Option(help: "The port to listen at; 0 for any that is free.")
  var port = 8080

  func validate() throws {
    guard (0...65535).contains(port) else { throw ValidationError("--port is from 0 to 65535, as \(port) is not.") }
    guard allowAnonymous || ["127.0.0.1", "::1", "localhost"].contains(host) else {
      throw ValidationError(
        "--host \(host) lets others than this machine ask, and nothing asks who they are; add --allow-anonymous if that is meant."
      )
    }
    guard !models.isEmpty else { throw ValidationError("There is no model to serve.") }
    let names = models.map { Self.entry($0).name }
    if let twice = names.first(where: { name in names.count { $0 == name } > 1 }) {
      throw ValidationError("Two models are called \"\(twice)\"; name one, as in other=\(twice).safetensors.")
    }
  }

  func run() throws {
    let served = try models.map { model in
      let (name, file) = Self.entry(model)
      return ServedModel(name: name, classifier: try Classifier(contentsOf: file))
    }
    let (server, host, port) = (WebServer(PredictionSite(models: served)), host, port)
    try waiting {
      try await server.run(host: host, port: port) { port in
        let names = served.map(\.name).joined(separator: ", ")
        Terminal.note("Serving \(names) at http://\(host.contains(":") ? "[\(host)]" : host):\(port)/")
      }
    }
  }

  /// Name and file of a model as it was given.
  private static func entry(_ model: String) -> (name: String, file: String) {
    if let equals = model.firstIndex(of: "="), equals != model.startIndex, !model[..<equals].contains("/") {
      return (String(model[..<equals]), String(model[model.index(after: equals)...]))
    }
    let name = Files.name(of: model)
    return (name.hasSuffix(".safetensors") ? String(name.dropLast(".safetensors".count)) : name, model)
  }
}
