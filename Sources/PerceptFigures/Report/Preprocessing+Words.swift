import PerceptDatasets
package import PerceptFeatures
import PerceptImages

/// The inputs of a neuron in words.
extension Preprocessing {
  /// The pixels before features are computed: `64 x 64 pixels in color`.
  package var pixels: String { "\(size) pixels \(color == .rgb ? "in color" : "in gray")" }

  /// The features other than pixels that a neuron reads of an image, `noun`: ends with a comma, to continue the sentence. Nil
  /// if the features are pixels.
  package func featureWords(of noun: String) -> String? {
    let count = "\(grouped(featureCount)) features of \(noun)"
    return switch extractor {
    case .pixels: nil
    case .hog: "\(count), histograms of its edges\(color == .rgb ? " and colors" : "") (HOG),"
    case .backbone(let backbone): "\(count), computed by the pretrained network \(backbone.name),"
    }
  }
}
