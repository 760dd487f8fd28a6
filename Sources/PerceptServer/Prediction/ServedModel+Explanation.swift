import PerceptFeatures
import PerceptFigures
import PerceptImages
import PerceptInterpretation
import PerceptModels

extension ServedModel {
  /// Decodes an image and computes its features. Throws `ImageError` and `FeatureError`.
  func prepared(_ image: [UInt8], pixelBudget: Int) throws -> PreparedImage {
    let preprocessing = classifier.preprocessing
    let samples = try preprocessing.samples(decoding: image, named: "the image", pixelBudget: pixelBudget)
    return try preprocessing.prepared(ofSamples: samples)
  }

  /// The answer with the image as the classifier sees it, and a map of what counts for the predicted class (red) and against
  /// it (blue). Both are data URIs. Throws `FeatureError` if a backbone fails.
  func explanation(of prepared: PreparedImage, _ prediction: Prediction) throws(FeatureError) -> JSONLine {
    let attributions = try Attributions(classifier, of: prepared, for: prediction.label)
    let isOfPixels = classifier.preprocessing.extractor == .pixels
    let map = isOfPixels ? attributions.image : attributions.overlay(on: prepared.image, style: .smooth)
    var line = answer(prediction).line
    line.set("image", prepared.image.losslessDataURI)
    line.set("map", map.losslessDataURI)
    return line
  }
}
