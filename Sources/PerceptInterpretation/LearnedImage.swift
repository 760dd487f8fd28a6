public import PerceptImages
import PerceptLinearAlgebra
public import PerceptModels

extension Classifier {
  /// What a unit of the first layer has learned, painted on a picture as in the article: weights x pixels / 255 x 255, clipped
  /// to 0 … 1 and shown. Bright where a positive weight meets a bright pixel.
  ///
  /// - Parameters:
  ///   - features: `preprocessing.featureCount` bytes.
  ///   - unit: which unit; a neuron has one, one neuron a class has the classes'.
  /// - Returns: a picture of the preprocessing's size and colour.
  public func learnedImage(from features: [UInt8], unit: Int = 0) -> Image {
    let weights = network.layers[0].weights.elements[unit * network.inputs..<(unit + 1) * network.inputs]
    let values = zip(weights, features).map { weight, pixel in
      UInt8(min(max(weight * (Double(pixel) / 255) * 255, 0), 1) * 255)
    }
    return preprocessing.image(of: values)
  }
}

extension Image {
  /// The picture as a classifier with this preprocessing sees it.
  public func prepared(_ preprocessing: Preprocessing) -> Image {
    preprocessing.image(of: preprocessing.features(of: self))
  }
}
