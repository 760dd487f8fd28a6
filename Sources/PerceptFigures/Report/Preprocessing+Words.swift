import PerceptDatasets
package import PerceptFeatures
import PerceptImages

/// The inputs of a neuron in words.
extension Preprocessing {
  /// The pixels before features are computed: `64 x 64 pixels in color`.
  package var pixels: String { "\(size) pixels \(color == .rgb ? "in color" : "in gray")" }

  /// What a neuron reads of an image, `noun`; `pixels` are its words for pixels.
  package func inputs(of noun: String, pixels: String) -> String {
    switch extractor {
    case .pixels: pixels
    case .hog: "histograms of the edges\(color == .rgb ? " and colors" : "") of \(noun) (HOG)"
    case .backbone(let backbone):
      "\(grouped(featureCount)) features of \(noun), computed by the pretrained network \(backbone.name)"
    }
  }
}
