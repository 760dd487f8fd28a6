import PerceptFeatures
import PerceptIO
import PerceptImages
import PerceptLinearAlgebra
import PerceptModels

extension ServedModel {
  /// A fingerprint of weights, activations, temperature, class names, preprocessing and features, as 16 hexadecimal digits.
  static func version(of classifier: Classifier) -> String {
    var sum = Fingerprint()
    for layer in classifier.network.layers {
      layer.weights.elements.withUnsafeBytes { sum.add($0) }
      layer.bias.withUnsafeBytes { sum.add($0) }
      layer.activation.rawValue.utf8.withContiguousBytes { sum.add($0) }
    }
    sum.add(classifier.temperature.bitPattern)
    let preprocessing = classifier.preprocessing
    sum.add(UInt64(preprocessing.size.width))
    if preprocessing.extractor != .pixels {
      preprocessing.extractor.identity.utf8.withContiguousBytes { sum.add($0) }
    }
    for text in classifier.classNames + [preprocessing.fit.rawValue, preprocessing.color.rawValue] {
      text.utf8.withContiguousBytes { sum.add($0) }
    }
    return sum.text
  }
}

extension String.UTF8View {
  fileprivate func withContiguousBytes(_ body: (UnsafeRawBufferPointer) -> Void) { Array(self).withUnsafeBytes(body) }
}
