import Percept

/// The result of `--calibrate`: the chosen temperature and its effect on the log loss.
struct TemperatureCalibration: Encodable {
  /// The temperature T by which logits are divided; 1 if the classifier was not changed.
  let temperature: Double
  let pictures: Int
  /// The log loss on the validation split at temperature 1 and at the chosen temperature.
  let logLossBefore: Double?
  let logLossAfter: Double?
  /// The reason why the classifier was not changed; nil if it was.
  private let unchanged: String?

  /// Sets the temperature to the one with the lowest log loss on the validation split, or leaves it unchanged if there is none.
  init(_ classifier: inout Classifier, on validation: Dataset?) throws {
    guard let validation else {
      (temperature, pictures, logLossBefore, logLossAfter) = (1, 0, nil, nil)
      unchanged = "there are too few images for a validation split"
      return
    }
    let before = try classifier.evaluate(on: validation)
    (pictures, logLossBefore) = (validation.count, before.cost())
    guard let best = before.bestTemperature else {
      (temperature, logLossAfter) = (1, logLossBefore)
      let images = counted(pictures, "validation image")
      unchanged =
        before.misclassified.isEmpty
        ? "all predictions for \(images) are correct, and calibration needs at least one error"
        : "the predictions for \(images) are unrelated to their labels"
      return
    }
    classifier.temperature = best
    (temperature, unchanged) = (best, nil)
    logLossAfter = try classifier.evaluate(on: validation).cost()
  }

  var sentence: String {
    guard let logLossBefore, let logLossAfter, unchanged == nil else {
      return "Probabilities are not calibrated: \(unchanged ?? "")."
    }
    return
      "Temperature \(temperature.significant(4)) lowers the log loss on \(counted(pictures, "validation image")) "
      + "from \(logLossBefore.fixed(4)) to \(logLossAfter.fixed(4)); predicted classes do not change."
  }
}
