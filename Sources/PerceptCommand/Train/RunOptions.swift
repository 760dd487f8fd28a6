import ArgumentParser
import Percept

/// What is told of a training while it lasts, and what is kept so that it can go on.
struct RunOptions: ParsableArguments {
  /// What `--checkpoint-every` takes: seconds, minutes or hours (`30s`, `5m`, `1h`), iterations (`1000`), or `never`.
  enum Every: ExpressibleByArgument {
    case never
    case interval(Checkpoints.Interval)

    /// What help says of the default.
    var defaultValueDescription: String { "30s" }

    init?(argument: String) {
      guard argument != "never" else {
        self = .never
        return
      }
      let units: [Character: Double] = ["s": 1, "m": 60, "h": 3600]
      if let unit = argument.last.flatMap({ units[$0] }) {
        guard let count = Double(argument.dropLast()), count > 0, count.isFinite else { return nil }
        self = .interval(.seconds(count * unit))
      } else {
        guard let count = Int(argument), count > 0 else { return nil }
        self = .interval(.iterations(count))
      }
    }
  }

  @Option(parsing: .unconditional, help: "Print the cost after every so many iterations.")
  var costEvery = 100

  @Option(
    help: ArgumentHelp("Write a JSON line of every printed cost and every look to this file.", valueName: "file"))
  var log: String?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      """
      How often to write down where the training stands, in MODEL.checkpoint: 30s, 5m, 1h, a number of iterations, or never. \
      Ctrl-C always does.
      """, valueName: "time"))
  var checkpointEvery: Every = .interval(.seconds(30))

  @Flag(help: "Go on where an interrupted training of the same command stood.")
  var resume = false

  mutating func validate() throws {
    guard costEvery >= 1 else { throw ValidationError("--cost-every is at least 1.") }
    if log == "-" { throw ValidationError("A log is not written to standard output; name a file.") }
  }

  /// Where a model's training writes down where it stands.
  func checkpointPath(of model: String) -> String { model + ".checkpoint" }

  /// The checkpoints of a model's training.
  func checkpoints(of model: String) -> Checkpoints {
    let interval: Checkpoints.Interval? =
      switch checkpointEvery {
      case .never: nil
      case .interval(let interval): interval
      }
    return Checkpoints(at: checkpointPath(of: model), every: interval, resuming: resume)
  }

  /// Finds out, before any work, whether a checkpoint would be lost, or what was asked for is not there.
  ///
  /// - Parameters:
  ///   - model: the model file.
  ///   - force: whether files may be replaced.
  ///   - isQuiet: whether nothing is noted.
  /// - Throws: ``ExistingCheckpoint``, or `FileError` where the log cannot be written.
  func check(_ model: String, force: Bool, isQuiet: Bool) throws {
    let path = checkpointPath(of: model)
    try FileSystem.checkCanWrite(path, replacing: true)
    let exists = FileSystem.kind(of: path) != nil
    if exists, !resume, !force { throw ExistingCheckpoint(path: path) }
    if let log { try FileSystem.checkCanWrite(log, replacing: force || resume && TrainingLog.stands(at: log)) }
    if resume, !exists, !isQuiet { Terminal.note("There is no \(path) to go on from; the training begins anew.") }
  }
}

/// An interrupted training that a new one would replace.
struct ExistingCheckpoint: Error, CustomStringConvertible {
  let path: String

  var description: String {
    "\(path) is of an interrupted training; add --resume to go on with it, or --force to begin anew"
  }
}

/// A model that was trained but could not be written where it should.
struct ModelElsewhere: Error, CustomStringConvertible {
  let reason: FileError
  let path: String

  var description: String { "\(reason); the trained model is in \(path), from where it can be renamed" }
}
