package import Classification

/// A classifier under the name by which requests ask for it.
package struct ServedModel: Sendable {
  package let name: String
  package let classifier: Classifier

  package init(name: String, classifier: Classifier) {
    self.name = name
    self.classifier = classifier
  }

  /// The answer for an encoded picture.
  func answer(for picture: [UInt8], pixelBudget: Int) throws -> Answer {
    let prediction = try classifier.predict(decoding: picture, named: "the picture", pixelBudget: pixelBudget)
    return Answer(model: name, prediction: NamedPrediction(prediction, classNames: classifier.classNames))
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
