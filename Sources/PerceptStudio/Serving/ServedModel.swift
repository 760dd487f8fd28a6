package import Classification

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
  func prediction(for picture: [UInt8], pixelBudget: Int) throws -> Prediction {
    try classifier.predict(decoding: picture, named: "the picture", pixelBudget: pixelBudget)
  }

  /// A prediction as it is answered.
  func answer(_ prediction: Prediction) -> Answer {
    Answer(model: name, prediction: NamedPrediction(prediction, classNames: classifier.classNames))
  }

  /// The keys of the prediction, and the model's name.
  struct Answer: Encodable, Sendable {
    enum Key: CodingKey {
      case model
    }

    let model: String
    let prediction: NamedPrediction

    func encode(to encoder: any Encoder) throws {
      try prediction.encode(to: encoder)
      var container = encoder.container(keyedBy: Key.self)
      try container.encode(model, forKey: .model)
    }
  }
}
