/// The JSON form of a prediction, `{"class": …, "probabilities": {…}, "probability": …}`, shared by the command line
/// and the server.
package struct NamedPrediction: Encodable, Sendable {
  /// The name of the predicted class, or its replacement.
  package let `class`: String
  /// The probability of the predicted class, 0 … 1.
  package let probability: Double
  package let probabilities: [String: Double]

  /// Class names must be unique. `instead` replaces the name of the predicted class, such as for a rejected prediction.
  package init(_ prediction: Prediction, classNames: [String], instead: String? = nil) {
    `class` = instead ?? classNames[prediction.label]
    probability = prediction.probability
    probabilities = Dictionary(uniqueKeysWithValues: zip(classNames, prediction.probabilities))
  }
}
