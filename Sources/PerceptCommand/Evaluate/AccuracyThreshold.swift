import ArgumentParser
import Percept

struct AccuracyThreshold: ParsableArguments {
  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Exit with code 1 if the accuracy is below this (0 to 1).", valueName: "share"))
  var minAccuracy: Double?

  mutating func validate() throws {
    guard (0...1).contains(minAccuracy ?? 0) else {
      throw ValidationError("--min-accuracy must be from 0 to 1, such as 0.9 (got \(minAccuracy ?? 0)).")
    }
  }

  /// Throws ``BelowThreshold`` if an accuracy is lower than required. `words` are the accuracy in the message.
  func check(_ accuracy: Double, _ words: String) throws {
    guard let minAccuracy, accuracy < minAccuracy else { return }
    throw BelowThreshold(reason: "the accuracy \(words) is below --min-accuracy \(minAccuracy)")
  }

  /// Throws ``BelowThreshold`` if the accuracy on unseen images is lower than required, or unknown.
  func check(_ result: UnseenEvaluation) throws {
    if let evaluation = result.verified { return try check(evaluation.accuracy, evaluation.score.plain) }
    guard minAccuracy != nil else { return }
    let advice = result.seen == nil ? UnseenEvaluation.unknownAdvice : "Evaluate it on other images."
    throw BelowThreshold(reason: "--min-accuracy cannot be checked. \(result.sentence ?? "") \(advice)")
  }
}

struct BelowThreshold: Error, CustomStringConvertible {
  let reason: String

  var description: String { reason }
}
