import ArgumentParser
import Percept
import PerceptPlatform
import PerceptServer
import PerceptStudio

@main
struct RootCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "percept",
    abstract: "Train image classifiers from folders of labeled images.",
    discussion: """
      EXAMPLES:
        percept explore faces/                     checks the images in faces/CLASS/
        percept studio faces/                      trains in the browser
        percept train faces/ -o faces.safetensors  trains a classifier
        percept tune faces/                        compares settings
        percept evaluate faces.safetensors test/   accuracy with 95 % interval
        percept cross-validate faces/              accuracy over all images
        percept predict faces.safetensors a.jpg    class and probability
        percept explain faces.safetensors a.jpg    which pixels decide the answer
        percept serve faces.safetensors            predictions over HTTP
        percept report faces.safetensors faces/    one HTML page about the model
        percept figure weights faces.safetensors   the weights as an image
        percept export faces.safetensors -o m.onnx the model as ONNX or a web page
        percept card faces.safetensors             a model card in Markdown
        percept cache list                         cached images and their size
        percept backbones                          installed pretrained networks
        percept doctor                             what is installed and missing

      Results go to standard output. Messages, warnings and errors go to standard
      error.

      EXIT CODES:
        0    success
        1    the accuracy is below --min-accuracy
        64   wrong usage: a command, flag or value that is not valid
        65   bad data: images, labels or a model that cannot be used
        66   an input that does not exist or cannot be read
        69   the server cannot listen on its address and port
        70   an internal error; please report it
        73   an output that cannot be written (also standard output), or that
             exists and needs --force
        74   an input that changed while it was in use, or could not be read
             because of the system: too many open files, not enough memory, or a
             disk that fails
        129  training interrupted by a hangup (SIGHUP); --resume continues it
        130  training interrupted by Ctrl-C (SIGINT); --resume continues it
        143  training interrupted by SIGTERM; --resume continues it
      """,
    version: Program.version,
    subcommands: [
      ExploreCommand.self, StudioCommand.self, TrainCommand.self, TuneCommand.self, EvaluateCommand.self,
      CrossValidateCommand.self, PredictCommand.self, ExplainCommand.self,
      ServeCommand.self, FigureCommand.self, ReportCommand.self, ExportCommand.self, CardCommand.self,
      CacheCommand.self, BackbonesCommand.self, DoctorCommand.self,
    ])

  static func main() {
    Terminal.ensureStreams()
    handleSignals()
    let arguments = Array(Platform.arguments.dropFirst())
    var code = exitCode(running: Self.withLongVersion(CrossValidateCommand.withFormerSpelling(arguments)))
    do {
      try Terminal.flush()
    } catch {
      Terminal.note("Error: \(error)")
      if code == 0 { code = Status.cannotWrite.rawValue }
    }
    Cluster.current?.leave(code)
    PerceptPlatform.exit(code)
  }

  /// The parser knows only the long name of `--version`.
  private static func withLongVersion(_ arguments: [String]) -> [String] {
    arguments == ["-V"] ? ["--version"] : arguments
  }

  /// Turns signals of the system into errors that name the file: a write beyond the file size limit (`ulimit -f`), and a
  /// mapped file that is truncated.
  private static func handleSignals() {
    signal(SIGXFSZ, SIG_IGN)
    FileMapping.exitOnLoss(code: Status.inputFailed.rawValue)
  }

  /// Runs a command, reports its error, and returns the exit code.
  private static func exitCode(running arguments: [String]) -> Int32 {
    do {
      if let unknown = MistypedArgument.unknownCommand(arguments) { throw unknown }
      var command = try parseAsRoot(arguments)
      guard OpenFiles.free >= OpenFiles.needed else { throw TooFewFiles() }
      try Cluster.join(for: &command)
      try command.run()
      return 0
    } catch {
      Terminal.showStatus("")
      Cluster.waitForFirstReport(of: error)
      return report(error, of: arguments)
    }
  }

  /// Prints an error to standard error, or help that was asked for to standard output, and returns the exit code.
  private static func report(_ error: any Error, of arguments: [String]) -> Int32 {
    if let status = Status(of: error) {
      Terminal.note(error is Interruption ? "\(error)" : "Error: \(Advice.message(of: error))\(Cluster.place)")
      return status.rawValue
    }
    let code: ExitCode = exitCode(for: error)
    // The parser describes its own errors. It reports any other error as a general failure.
    guard code != .failure else {
      Terminal.note("Error: internal error; please report it: \(error)\(Cluster.place)")
      return Status.internalError.rawValue
    }
    // An error whose message is printed already has an empty one here.
    let message = fullMessage(for: error)
    if code == .success {
      Terminal.printHelp(message)
    } else if !message.isEmpty {
      MistypedArgument.lines(of: message, quoting: arguments).forEach(Terminal.note)
    }
    if code == .validationFailure, let hint = MistypedArgument.suggestedValue(arguments) { Terminal.note(hint) }
    return code.rawValue
  }
}
