import ArgumentParser
import Percept

/// What a script goes on from.
struct AccuracyThreshold: ParsableArguments {
  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Exit with 1 where the accuracy is lower: a gate for scripts, 0 to 1.", valueName: "share"))
  var minAccuracy: Double?

  mutating func validate() throws {
    guard (0...1).contains(minAccuracy ?? 0) else {
      throw ValidationError("--min-accuracy is from 0 to 1, as 0.9; \(minAccuracy ?? 0) is not.")
    }
  }

  /// Fails where fewer are right than was asked for.
  func check(_ score: Score) throws {
    guard let minAccuracy, score.accuracy < minAccuracy else { return }
    throw BelowThreshold(score: score, least: minAccuracy)
  }
}

/// Fewer right answers than were asked for.
struct BelowThreshold: Error, CustomStringConvertible {
  let score: Score
  let least: Double

  var description: String { "the accuracy, \(score.plain), is below the \(least) of --min-accuracy" }
}
