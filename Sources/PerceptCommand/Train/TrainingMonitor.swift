import Percept
import PerceptPlatform

/// The progress output of a training: costs, a progress bar on terminals, and the log.
struct TrainingMonitor {
  private let options: RunOptions
  private let isQuiet: Bool
  private let iterations: Int
  private let hasBar: Bool
  private let clock = ContinuousClock()
  private var start: ContinuousClock.Instant
  private var lastDrawn: ContinuousClock.Instant
  private var first: Int?
  private var last: Iteration?
  private var validation: TrainingRecord.ValidationResult?
  private var log: TrainingLog?
  private var hasWarned = false

  /// If `isQuiet`, only the log is written.
  init(_ options: RunOptions, isQuiet: Bool, iterations: Int) {
    self.options = options
    self.isQuiet = isQuiet
    self.iterations = iterations
    hasBar = !isQuiet && Terminal.isAnimated
    start = clock.now
    lastDrawn = start
  }

  /// Reports an iteration. Throws ``Interruption`` if a signal was received, or `FileError` if the log cannot be created.
  mutating func observe(_ step: Iteration) throws {
    if first == nil { try begin(with: step) }
    if let failure = step.checkpointFailure { warn(of: failure) }
    if let result = step.validation { validation = result }
    if step.iteration % options.costEvery == 0 {
      if !isQuiet { Terminal.note(line(of: step)) }
      try writeLog(step)
    } else if step.validation != nil {
      try writeLog(step)
    }
    last = step
    if hasBar { drawBar(step) }
    try Interruption.check(after: step.iteration + 1)
  }

  /// Removes the progress bar and logs the last iteration.
  mutating func end() throws {
    if hasBar { Terminal.showStatus("") }
    if let last, last.iteration % options.costEvery != 0, last.validation == nil { try writeLog(last) }
  }

  /// Warns once that checkpoints cannot be written. Training continues: its result does not need them.
  private mutating func warn(of failure: FileError) {
    guard !hasWarned else { return }
    hasWarned = true
    Terminal.warn("\(failure); training continues without new checkpoints until this is possible again.")
  }

  /// Writes a line of the log. If that fails, the log ends with a warning, but training continues.
  private mutating func writeLog(_ step: Iteration) throws {
    do {
      try log?.write(step)
    } catch let failure as FileError {
      log = nil
      Terminal.warn("\(failure); training continues without a log.")
    }
  }

  private mutating func begin(with step: Iteration) throws {
    Interruption.startNoting()
    first = step.iteration
    start = clock.now
    if step.iteration > 0, !isQuiet { Terminal.note("Resuming after \(counted(step.iteration, "iteration")).") }
    log = try options.log.map { try TrainingLog($0, from: step.iteration) }
  }

  private func line(of step: Iteration) -> String {
    "Cost after iteration \(step.iteration): \(step.cost.fixed(6))"
      + (validation.map { "; validation accuracy \((100 * $0.accuracy).fixed(1)) %" } ?? "")
  }

  private mutating func drawBar(_ step: Iteration) {
    let now = clock.now
    guard now - lastDrawn >= .milliseconds(100) else { return }
    lastDrawn = now
    let done = step.iteration + 1
    let fraction = Double(done) / Double(iterations)
    let passed = (now - start) / .seconds(1)
    let left = passed * Double(iterations - done) / Double(max(step.iteration - (first ?? 0), 1))
    let text =
      " \(done) of \(iterations), cost \(step.cost.fixed(4))"
      + (validation.map { ", validation \((100 * $0.accuracy).fixed(1)) %" } ?? "") + ", \(Self.time(left)) left"
    Terminal.showStatus(Self.bar(fraction, width: min(30, Terminal.columns - 1 - text.count)) + text)
  }

  /// Returns a bar of `width` characters that is filled to a fraction; empty if the width is less than 5.
  static func bar(_ fraction: Double, width: Int) -> String {
    guard width >= 5 else { return "" }
    let filled = min(max(Int(nearest: (fraction * Double(width)).rounded(.down)), 0), width)
    let (full, empty) = isUnicode ? ("━", "─") : ("#", "-")
    return String(repeating: full, count: filled) + String(repeating: empty, count: width - filled)
  }

  /// Whether the locale's encoding is UTF-8.
  private static let isUnicode: Bool = {
    let names = ["LC_ALL", "LC_CTYPE", "LANG"].map { (name: String) in getenv(name).map { String(cString: $0) } ?? "" }
    let name = names.first { !$0.isEmpty }?.lowercased() ?? ""
    return name.contains("utf-8") || name.contains("utf8")
  }()

  /// Returns a duration as text: `12 s`, `3 min 20 s`, `2 h 5 min`.
  static func time(_ seconds: Double) -> String {
    let seconds = Int(nearest: min(max(seconds, 0), 1e9).rounded(.up))
    if seconds < 60 { return "\(seconds) s" }
    if seconds < 3600 { return "\(seconds / 60) min \(seconds % 60) s" }
    return "\(seconds / 3600) h \(seconds % 3600 / 60) min"
  }
}
