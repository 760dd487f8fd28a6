import Percept

/// The temperature that `--calibrate` has chosen, and what it changed.
struct TemperatureCalibration: Encodable {
  let temperature: Double
  let pictures: Int
  /// The log loss on them at temperature 1, and at the one that was chosen.
  let logLossBefore: Double?
  let logLossAfter: Double?
  /// Why nothing was changed, where nothing was.
  private let unchanged: String?

  /// Gives a classifier the temperature that suits other pictures than it was trained on best.
  ///
  /// - Parameters:
  ///   - classifier: is changed, unless no temperature is best.
  ///   - validation: these pictures; nil where there are none.
  /// - Throws: what evaluating throws.
  init(_ classifier: inout Classifier, on validation: Dataset?) throws {
    guard let validation else {
      (temperature, pictures, logLossBefore, logLossAfter) = (1, 0, nil, nil)
      unchanged = "there are too few pictures to keep some of them for it"
      return
    }
    let before = try classifier.evaluate(on: validation)
    (pictures, logLossBefore) = (validation.count, before.cost())
    guard let best = before.bestTemperature else {
      (temperature, logLossAfter) = (1, logLossBefore)
      unchanged =
        before.misclassified.isEmpty
        ? "all \(counted(pictures, "validation picture")) are answered rightly, and a mistake is what it takes"
        : "the answers for \(counted(pictures, "validation picture")) say nothing about their labels"
      return
    }
    classifier.temperature = best
    (temperature, unchanged) = (best, nil)
    logLossAfter = try classifier.evaluate(on: validation).cost()
  }

  var sentence: String {
    guard let logLossBefore, let logLossAfter, unchanged == nil else {
      return "Probabilities stay as they are: \(unchanged ?? "")."
    }
    return
      "Logits are divided by \(temperature.significant(4)), which lowers the log loss on \(counted(pictures, "validation picture")) "
      + "from \(logLossBefore.fixed(4)) to \(logLossAfter.fixed(4)); no answer changes."
  }
}
