import ArgumentParser
import Percept
import PerceptServer
import PerceptStudio

@main
struct RootCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "percept",
    abstract: "Turn a folder of labelled pictures into a trained classifier.",
    discussion: """
      EXAMPLES:
        percept explore faces/                     what faces/CLASS/*.jpg holds
        percept studio faces/                      watch it learn, in a page
        percept train faces/ -o faces.safetensors  learns to tell the classes apart
        percept tune faces/                        which settings learn best
        percept evaluate faces.safetensors test/   how many it gets right
        percept predict faces.safetensors a.jpg    class and probability
        percept explain faces.safetensors a.jpg    which pixels said so
        percept serve faces.safetensors            the same over HTTP
        percept report faces.safetensors faces/    everything on one HTML page
        percept figure weights faces.safetensors   what the neuron looks for
        percept cache list                         decoded pictures that are kept

      Results go to standard output, everything else to standard error.
      EXIT CODES: 0 success, 1 below --min-accuracy, 64 usage, 65 bad data, 66 no such input,
      69 cannot listen, 70 internal error, 73 cannot write, 129, 130, 143 interrupted (training can go on).
      """,
    version: Program.version,
    subcommands: [
      ExploreCommand.self, StudioCommand.self, TrainCommand.self, TuneCommand.self, EvaluateCommand.self,
      CrossValidateCommand.self, PredictCommand.self, ExplainCommand.self,
      ServeCommand.self, FigureCommand.self, ReportCommand.self, CacheCommand.self,
    ])

  static func main() {
    Terminal.ensureStreams()
    do {
      var command = try parseAsRoot(CrossValidateCommand.routed(Array(CommandLine.arguments.dropFirst())))
      try command.run()
      try Terminal.flush()
    } catch {
      Terminal.showStatus("")
      if let status = Status(of: error) {
        Terminal.note(error is Interruption ? "\(error)" : "Error: \(error)\(wayOut(of: error))")
        exit(withError: ExitCode(status.rawValue))
      }
      // The parser knows its own errors; whatever it does not know ends in its general failure.
      guard exitCode(for: error) == .failure else { exit(withError: error) }
      Terminal.note("Error: this should not have happened; please report it: \(error)")
      exit(withError: ExitCode(Status.internalError.rawValue))
    }
  }

  /// What the command line adds to an error that the library cannot know.
  private static func wayOut(of error: any Error) -> String {
    switch error {
    case let error as FileError where error.reason == .alreadyExists:
      "; add --force to replace it, or choose another name"
    case TrainingError.otherTraining: ", or leave out --resume and add --force to begin anew"
    default: ""
    }
  }
}
