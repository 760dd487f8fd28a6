package import PerceptFeatures
import PerceptIO
package import PerceptImages
import PerceptLinearAlgebra
import PerceptModels

extension Classifier {
  /// Multiplies an image by the weights of a unit (0 for a single neuron, the class for one neuron per class), as the article
  /// does: weights x pixels / 255 x 255, clipped to 0 … 1. Bright where a positive weight meets a bright pixel.
  package func learnedImage(from features: [UInt8], unit: Int = 0) -> Image {
    let weights = network.layers[0].weights.elements[unit * network.inputs..<(unit + 1) * network.inputs]
    let values = zip(weights, features).map { weight, pixel in
      UInt8(nearest: (min(max(weight * (Double(pixel) / 255) * 255, 0), 1) * 255).rounded(.down))
    }
    return preprocessing.image(ofSamples: values)
  }
}

extension Image {
  /// Returns the image as a classifier with this preprocessing sees it.
  package func prepared(_ preprocessing: Preprocessing) -> Image {
    preprocessing.grid.image(of: preprocessing.grid.samples(of: self))
  }
}
