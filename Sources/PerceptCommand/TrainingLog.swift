import FoundationEssentials
import Percept

/// A training as a file of JSON lines, one iteration a line, which can be read while it grows.
struct TrainingLog {
  /// One line.
  struct Line: Codable {
    let iteration: Int
    let cost: Double
    let seconds: Double
    var validationCost: Double?
    var validationAccuracy: Double?
  }

  private let file: GrowingFile
  private let clock = ContinuousClock()
  private let start: ContinuousClock.Instant
  private let secondsBefore: Double
  private let encoder = JSONEncoder()

  /// The log at a path; of one that is there already, the lines before an iteration stay.
  ///
  /// - Throws: `FileError` when it cannot be read or written.
  init(_ path: String, from iteration: Int) throws {
    var lines: [(text: Substring, line: Line)] = []
    if iteration > 0, Files.kind(of: path) != nil {
      for text in String(decoding: try Files.read(path), as: UTF8.self).split(separator: "\n") {
        guard let line = try? JSONDecoder().decode(Line.self, from: Data(text.utf8)), line.iteration < iteration
        else { continue }
        lines.append((text, line))
      }
    }
    try Files.write(Array(lines.map { $0.text + "\n" }.joined().utf8), to: path, replacing: true)
    file = try GrowingFile(path)
    start = clock.now
    secondsBefore = lines.last?.line.seconds ?? 0
    encoder.outputFormatting = [.sortedKeys]
  }

  /// Writes a line.
  ///
  /// - Throws: `FileError` when it cannot be written.
  func write(_ step: Iteration) throws {
    let seconds = secondsBefore + (clock.now - start) / .seconds(1)
    let line = Line(
      iteration: step.iteration, cost: step.cost, seconds: (seconds * 1e6).rounded() / 1e6,
      validationCost: step.validation?.cost, validationAccuracy: step.validation?.accuracy)
    try file.append(Array(try encoder.encode(line)) + [UInt8(ascii: "\n")])
  }
}
