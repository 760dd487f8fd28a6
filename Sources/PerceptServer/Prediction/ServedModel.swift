package import PerceptModels

/// A classifier and its name in requests.
package struct ServedModel: Sendable {
  package let name: String
  package let classifier: Classifier
  /// A fingerprint of everything that affects predictions.
  package let version: String

  package init(name: String, classifier: Classifier) {
    self.name = name
    self.classifier = classifier
    version = Self.version(of: classifier)
  }

  func prediction(for image: [UInt8], pixelBudget: Int) throws -> Prediction {
    try classifier.predict(decoding: image, named: "the image", pixelBudget: pixelBudget)
  }

  func answer(_ prediction: Prediction) -> Answer {
    Answer(model: name, prediction: NamedPrediction(prediction, classNames: classifier.classNames))
  }

  struct Answer: Sendable {
    let model: String
    let prediction: NamedPrediction

    /// The JSON object, with sorted keys.
    var line: JSONLine {
      var (line, probabilities) = (JSONLine(), JSONLine())
      for (name, probability) in prediction.probabilities.sorted(by: { $0.key < $1.key }) {
        probabilities.set(name, probability)
      }
      line.set("class", prediction.class)
      line.set("model", model)
      line.set("probabilities", probabilities)
      line.set("probability", prediction.probability)
      return line
    }
  }
}
