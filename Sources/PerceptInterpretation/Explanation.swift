package import PerceptFeatures
package import PerceptImages
public import PerceptModels
package import PerceptTraining

/// The explanation of one prediction: attributions, a counterfactual, and the training influence.
public struct Explanation: Sendable, Hashable {
  /// The image as the classifier sees it, with its features.
  package let prepared: PreparedImage
  /// The predicted class and the probability of each class.
  public let prediction: Prediction
  package let attributions: Attributions
  /// Nil if no change was found that flips the answer, and for features that are not pixels.
  package let counterfactual: Counterfactual?
  /// The smallest hidden part found that changes the answer; nil if the features are pixels.
  package let occlusion: Occlusion?
  /// Nil without a training run, and where ``TrainingInfluence`` is not defined.
  package let influence: TrainingInfluence?
  package let classNames: [String]
  /// Whether the network has hidden layers, in which case the constant of the attributions is not the bias.
  package let hasHiddenLayers: Bool
  /// The extractor of the features.
  package let extractor: FeatureExtractor

  /// Explains the logit of `label`, by default class 1 of two classes and otherwise the predicted class. `mean` is the mean of
  /// the training images, 0 … 255 for each feature, if known. Without the classifier's run, there is no training
  /// influence. Throws `FeatureError` if a backbone fails.
  package init(
    _ classifier: Classifier, of image: PreparedImage, for label: Int? = nil, mean: [Double]? = nil,
    by method: Attributions.Method = .integrated, run: TrainingRun? = nil
  ) throws(FeatureError) {
    let features = image.features
    prepared = image
    prediction = features.withUnsafeBufferPointer(classifier.predict)
    classNames = classifier.classNames
    extractor = classifier.preprocessing.extractor
    hasHiddenLayers = classifier.network.layers.count > 1
    let label = label ?? (classNames.count == 2 ? 1 : prediction.label)
    attributions = try Attributions(
      classifier, of: image, for: label, from: .init(for: classifier, mean: mean), by: method)
    counterfactual = extractor == .pixels ? Counterfactual(classifier, features: features) : nil
    occlusion =
      extractor == .pixels ? nil : try Occlusion(classifier, of: image, prediction, attributions: attributions)
    influence = run.flatMap { TrainingInfluence($0, features: features, for: label, mean: mean) }
  }

  /// The image as the classifier sees it.
  package var image: Image { prepared.image }

  /// Whether the features come from different positions of the image. If not, there is no map.
  package var hasPositions: Bool { attributions.map.count > 1 }

  /// The attributions as an image: of pixels by themselves, of other features over the image.
  package func attributionImage(_ style: Attributions.MapStyle = .smooth) -> Image {
    extractor == .pixels ? attributions.image : attributions.overlay(on: image, style: style)
  }

  /// The name of the class whose logit is explained.
  package var className: String { classNames[attributions.label] }

  /// What negative attributions support: the other of two classes, or "other classes".
  package var otherName: String { classNames.count == 2 ? classNames[1 - attributions.label] : "other classes" }
}

extension Classifier {
  /// Explains the prediction for an encoded image, such as a `Data`: the content of an image file.
  ///
  /// - Parameters:
  ///   - bytes: the content of an image file.
  ///   - label: the class whose logit is explained; nil for class 1 of two classes, and otherwise the predicted class.
  /// - Returns: the explanation, without training influence.
  /// - Throws: `ImageError` if the bytes cannot be decoded as an image; `FeatureError` if the extractor fails.
  public func explain(encoded bytes: some Collection<UInt8>, for label: Int? = nil) throws -> Explanation {
    let samples = try preprocessing.samples(decoding: Array(bytes), named: "image")
    return try Explanation(self, of: preprocessing.prepared(ofSamples: samples), for: label)
  }
}
