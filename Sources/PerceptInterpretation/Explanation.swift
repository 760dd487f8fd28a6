package import PerceptImages
package import PerceptModels
package import PerceptTraining

/// The explanation of one prediction: attributions, a counterfactual, and the training influence.
package struct Explanation: Sendable, Hashable {
  /// The image, `preprocessing.featureCount` bytes.
  package let features: [UInt8]
  package let prediction: Prediction
  package let attributions: Attributions
  /// Nil if no change was found that flips the answer.
  package let counterfactual: Counterfactual?
  /// Nil without a training run, and where ``TrainingInfluence`` is not defined.
  package let influence: TrainingInfluence?
  package let classNames: [String]
  /// Whether the network has hidden layers, in which case the constant of the attributions is not the bias.
  package let hasHiddenLayers: Bool
  private let preprocessing: Preprocessing

  /// Explains the logit of `label`, by default class 1 of two classes and otherwise the predicted class. `mean` is the mean of
  /// the training images, 0 … 255 for each feature, if known. Without the classifier's run, there is no training influence.
  package init(
    _ classifier: Classifier, features: [UInt8], for label: Int? = nil, mean: [Double]? = nil,
    by method: Attributions.Method = .integrated, run: TrainingRun? = nil
  ) {
    self.features = features
    prediction = features.withUnsafeBufferPointer(classifier.predict)
    classNames = classifier.classNames
    preprocessing = classifier.preprocessing
    hasHiddenLayers = classifier.network.layers.count > 1
    let label = label ?? (classNames.count == 2 ? 1 : prediction.label)
    attributions = Attributions(
      classifier, features: features, for: label, from: .init(for: classifier, mean: mean), by: method)
    counterfactual = Counterfactual(classifier, features: features)
    influence = run.flatMap { TrainingInfluence($0, features: features, for: label, mean: mean) }
  }

  /// The image as the classifier sees it.
  package var image: Image { preprocessing.image(of: features) }

  /// The name of the class whose logit is explained.
  package var className: String { classNames[attributions.label] }

  /// What negative attributions support: the other of two classes, or "other classes".
  package var otherName: String { classNames.count == 2 ? classNames[1 - attributions.label] : "other classes" }
}
