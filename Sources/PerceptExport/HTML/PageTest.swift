import CPerceptPredictorPage
import FoundationEssentials
import PerceptFeatures
import PerceptImages
import PerceptInterpretation
import PerceptModels

/// An image with the answer of a classifier. A page compares its own answer with it.
struct PageTest: Encodable {
  /// A PNG file in base64.
  let png: String
  let probabilities: [Double]
  /// The class that the map explains.
  let label: Int
  /// The sums of the positive and of the negative attributions to the class, both ≥ 0.
  let evidence: [Double]

  private init(_ png: [UInt8], _ classifier: Classifier) throws {
    let preprocessing = classifier.preprocessing
    let prepared = try preprocessing.prepared(ofSamples: preprocessing.samples(decoding: png, named: "a test image"))
    let prediction = prepared.features.withUnsafeBufferPointer(classifier.predict)
    let attributions = try Attributions(classifier, of: prepared, for: prediction.label)
    self.png = Data(png).base64EncodedString()
    (probabilities, label) = (prediction.probabilities, prediction.label)
    evidence = [attributions.positive, -attributions.negative]
  }

  /// Returns an image that is larger than those of the model, and one with transparency.
  static func all(for classifier: Classifier) throws -> [PageTest] {
    let bytes = UnsafeBufferPointer(start: cpercept_predictor_png_start, count: cpercept_predictor_png_count)
    return try [blocks(classifier.preprocessing.size).encodedPNG(), Array(bytes)].map { try PageTest($0, classifier) }
  }

  /// Returns an image of colored blocks, about twice as large as `size`. It has edges at all distances from pixels of the model,
  /// and is small as a PNG file.
  private static func blocks(_ size: ImageSize) -> Image {
    let (width, height) = (min(2 * size.width + 11, 1200), min(2 * size.height + 5, 1200))
    let (across, down) = (width / 23 + 2, height / 19 + 2)
    let pixels = (0..<height).flatMap { y in
      (0..<width).flatMap { x in
        let block = x / across * 31 + y / down * 17
        return [UInt8(block * 37 % 256), UInt8(block * 101 % 256), UInt8(block * 59 % 256)]
      }
    }
    return Image(width: width, height: height, color: .rgb, pixels: pixels)
  }
}
