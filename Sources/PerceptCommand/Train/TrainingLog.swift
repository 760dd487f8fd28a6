import FoundationEssentials
import Percept

/// The log of a training: a JSON Lines file with one iteration per line. It can be read while training runs.
struct TrainingLog {
  struct Line: Codable {
    let iteration: Int
    let cost: Double
    let seconds: Double
    var validationCost: Double?
    var validationAccuracy: Double?
  }

  private let file: AppendOnlyFile
  private let clock = ContinuousClock()
  private let start: ContinuousClock.Instant
  private let secondsBefore: Double
  private let encoder = JSONEncoder()

  /// Opens the log. Of an existing log, lines from before `iteration` are kept; 0 starts a new log.
  init(_ path: String, from iteration: Int) throws {
    var (kept, seconds): ([UInt8], Double) = ([], 0)
    if iteration > 0, FileSystem.kind(of: path) != nil {
      for text in try FileSystem.read(path).split(separator: UInt8(ascii: "\n")) {
        guard let line = Self.line(in: text), line.iteration < iteration else { continue }
        kept += text + [UInt8(ascii: "\n")]
        seconds = line.seconds
      }
    }
    try FileSystem.write(kept, to: path, replacing: true)
    file = try AppendOnlyFile(path)
    start = clock.now
    secondsBefore = seconds
    encoder.outputFormatting = [.sortedKeys]
  }

  /// Returns whether the file at a path is empty or a log, possibly with an incomplete last line.
  static func isLog(at path: String) -> Bool {
    guard FileSystem.kind(of: path) == .file, let bytes = try? FileSystem.read(path) else { return false }
    let lines = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).dropLast()
    return bytes.isEmpty || !lines.isEmpty && lines.allSatisfy { line(in: $0) != nil }
  }

  private static func line(in text: some Collection<UInt8>) -> Line? {
    try? JSONDecoder().decode(Line.self, from: Data(text))
  }

  func write(_ step: Iteration) throws {
    let seconds = secondsBefore + (clock.now - start) / .seconds(1)
    let line = Line(
      iteration: step.iteration, cost: step.cost, seconds: (seconds * 1e6).rounded() / 1e6,
      validationCost: step.validation?.cost, validationAccuracy: step.validation?.accuracy)
    try file.append(Array(try encoder.encode(line)) + [UInt8(ascii: "\n")])
  }
}
