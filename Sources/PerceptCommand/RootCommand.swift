import ArgumentParser
import Percept

@main
struct RootCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "percept",
    abstract: "Turn a folder of labelled pictures into a trained classifier.",
    discussion: """
      EXAMPLES:
        percept explore faces/                        what is in the folder faces/CLASS/*.jpg
        percept train faces/ -o faces.safetensors     one neuron learns to tell two classes apart
        percept evaluate faces.safetensors held-out/  how many it gets right, and which not
        percept predict faces.safetensors a.jpg       class and probability of a picture

      Results go to standard output, everything else to standard error.
      EXIT CODES: 0 success, 64 usage, 65 bad data, 66 no such input, 70 internal error, 73 cannot write.
      """,
    version: "0.1.0",
    subcommands: [ExploreCommand.self, TrainCommand.self, EvaluateCommand.self, PredictCommand.self])

  static func main() {
    do {
      var command = try parseAsRoot()
      try command.run()
      try Terminal.flush()
    } catch {
      guard let status = Status(of: error) else { exit(withError: error) }
      Terminal.note("Error: \(error)\(Self.wayOut(of: error))")
      exit(withError: ExitCode(status.rawValue))
    }
  }

  /// What the command line adds to an error that the library cannot know.
  private static func wayOut(of error: any Error) -> String {
    (error as? FileError)?.reason == .alreadyExists ? "; add --force to replace it, or choose another name" : ""
  }
}
