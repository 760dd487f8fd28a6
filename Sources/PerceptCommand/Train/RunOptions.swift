import ArgumentParser
import Percept

struct RunOptions: ParsableArguments {
  /// The value of `--checkpoint-every`: seconds, minutes or hours (`30s`, `5m`, `1h`), iterations (`1000`), or `never`.
  enum Every: ExpressibleByArgument {
    case never
    case interval(Checkpoints.Interval)

    var defaultValueDescription: String { "30s" }

    init?(argument: String) {
      guard argument != "never" else {
        self = .never
        return
      }
      let units: [Character: Double] = ["s": 1, "m": 60, "h": 3600]
      if let unit = argument.last.flatMap({ units[$0] }) {
        guard let count = Double(argument.dropLast()), count > 0, count <= 1e6 else { return nil }
        self = .interval(.seconds(count * unit))
      } else {
        guard let count = Int(argument), count > 0 else { return nil }
        self = .interval(.iterations(count))
      }
    }
  }

  @Option(parsing: .unconditional, help: ArgumentHelp("Iterations between printed costs.", valueName: "count"))
  var costEvery = 100

  @Option(
    help: ArgumentHelp("Write costs and validation results as JSON Lines.", valueName: "file"), completion: .file())
  var log: String?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Checkpoint interval: a time such as 5m, a number of iterations, or never.", valueName: "time"))
  var checkpointEvery: Every = .interval(.seconds(30))

  @Flag(help: "Continue an interrupted training.")
  var resume = false

  mutating func validate() throws {
    guard costEvery >= 1 else { throw ValidationError("--cost-every must be ≥ 1 (got \(costEvery)).") }
    if log == "-" { throw ValidationError("--log cannot write to standard output; give a file.") }
  }

  func checkpointPath(of model: String) -> String { model + ".checkpoint" }

  func checkpoints(of model: String) -> Checkpoints {
    let interval: Checkpoints.Interval? =
      switch checkpointEvery {
      case .never: nil
      case .interval(let interval): interval
      }
    return Checkpoints(at: checkpointPath(of: model), every: interval, resuming: resume)
  }

  /// Checks, before any work, that no checkpoint would be lost and that checkpoint and log can be written; otherwise throws
  /// ``ExistingCheckpoint`` or `FileError`. With `--resume` but without a checkpoint, it prints a note.
  func check(_ model: String, force: Bool, isQuiet: Bool) throws {
    let path = checkpointPath(of: model)
    try FileSystem.checkCanWrite(path, replacing: true)
    let exists = FileSystem.kind(of: path) != nil
    if exists, !resume, !force { throw ExistingCheckpoint(path: path) }
    if let log { try FileSystem.checkCanWrite(log, replacing: force || resume && TrainingLog.isLog(at: log)) }
    if resume, !exists, !isQuiet { Terminal.note("No checkpoint \(path); training starts from the beginning.") }
  }
}

struct ExistingCheckpoint: Error, CustomStringConvertible {
  let path: String

  var description: String {
    "\(path): checkpoint of an interrupted training; add --resume to continue it, or --force to start again"
  }
}

/// A trained model that could not be written to its file and was saved to the checkpoint's path instead.
struct ModelElsewhere: Error, CustomStringConvertible {
  let reason: FileError
  let path: String

  var description: String { "\(reason); the trained model is in \(path); rename that file to keep it" }
}
