package import PerceptModels

/// A classifier under the name by which requests ask for it.
package struct ServedModel: Sendable {
  package let name: String
  package let classifier: Classifier
  /// Tells apart what answers otherwise.
  package let version: String

  package init(name: String, classifier: Classifier) {
    self.name = name
    self.classifier = classifier
    version = Self.version(of: classifier)
  }

  /// The prediction for an encoded picture.
  func prediction(for image: [UInt8], pixelBudget: Int) throws -> Prediction {
    try classifier.predict(decoding: image, named: "the picture", pixelBudget: pixelBudget)
  }

  /// A prediction as it is answered.
  func answer(_ prediction: Prediction) -> Answer {
    Answer(model: name, prediction: NamedPrediction(prediction, classNames: classifier.classNames))
  }

  /// The keys of the prediction, and the model's name.
  struct Answer: Sendable {
    let model: String
    let prediction: NamedPrediction

    /// What an encoder with sorted keys would write.
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
