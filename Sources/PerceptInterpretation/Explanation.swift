public import PerceptImages
public import PerceptModels
public import PerceptTraining

/// Why a picture is answered as it is, in all the ways that there are.
public struct Explanation: Sendable, Hashable {
  /// The picture, `preprocessing.featureCount` bytes.
  public let features: [UInt8]
  /// The answer.
  public let prediction: Prediction
  /// What each pixel added to the evidence.
  public let attributions: Attributions
  /// A small change that changes the answer; nil where none is found.
  public let counterfactual: Counterfactual?
  /// What each training picture has done to the answer, where that is known.
  public let influence: TrainingInfluence?
  /// The names of the classes.
  public let classNames: [String]
  /// Whether hidden layers stand between pixels and answer, so that the constant is no bias.
  public let hasHiddenLayers: Bool
  private let preprocessing: Preprocessing

  /// Explains an answer.
  ///
  /// - Parameters:
  ///   - classifier: who answers.
  ///   - features: the picture, `preprocessing.featureCount` bytes.
  ///   - label: the class that the evidence is for; by default class 1 of two, otherwise the answer.
  ///   - mean: the mean of the pictures that were learned from, 0 … 255 for each feature, where it is known.
  ///   - method: how the contributions of pixels come about.
  ///   - run: the training of this classifier, for the recipe; nil makes none.
  public init(
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

  /// The picture as the classifier sees it.
  public var image: Image { preprocessing.image(of: features) }

  /// The class that the evidence is for.
  public var className: String { classNames[attributions.label] }

  /// What evidence against the class is for: the other class, or "other classes".
  public var otherName: String { classNames.count == 2 ? classNames[1 - attributions.label] : "other classes" }
}
