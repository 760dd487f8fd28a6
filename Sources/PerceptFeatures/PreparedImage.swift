package import PerceptImages

/// An image after preprocessing: its pixels, and the features computed from them.
package struct PreparedImage: Sendable, Hashable {
  package let image: Image
  package let features: [UInt8]

  package init(image: Image, features: [UInt8]) {
    (self.image, self.features) = (image, features)
  }
}

extension Preprocessing {
  /// Returns the image that consists of samples, `width x height x channels`, with its features.
  package func prepared(ofSamples samples: [UInt8]) throws(FeatureError) -> PreparedImage {
    PreparedImage(image: image(ofSamples: samples), features: try features(ofSamples: samples))
  }
}
