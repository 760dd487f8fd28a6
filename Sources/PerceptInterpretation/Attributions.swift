package import PerceptFeatures
package import PerceptImages
import PerceptLinearAlgebra
package import PerceptModels

/// The attribution of each pixel of an image to the logit z of a class. The attributions and a constant add up to z.
///
/// If the features are not pixels, these are the attributions of features, divided among the positions of a `FeatureMap`.
///
/// With one layer, the attribution of a pixel is w·x, with x between 0 and 1, and the constant is the bias b: z = b + Σ w·x holds
/// exactly. With hidden layers, a pixel has no single weight, because its effect depends on the other pixels. Its attribution is
/// (x - x′)·w̄, where w̄ is the mean of ∂z/∂x on the straight line from a ``Baseline`` x′ to the image (integrated gradients;
/// Sundararajan, Taly and Yan, 2017), and the constant is z of the baseline. With one layer and a black baseline, both agree.
package struct Attributions: Sendable, Hashable {
  /// The reference image of the attributions. A pixel equal to its baseline gets zero attribution.
  package enum Baseline: Sendable, Hashable {
    /// Every feature is 0. Used for one layer, where z of the baseline is the bias, unless the byte of 0 is another number.
    case black
    /// The mean of the training images, 0 … 255 for each feature. Used for hidden layers where it is known: a black image is unlike
    /// the training data, so z of it means little, and dark pixels would get zero attribution.
    case mean([Double])
  }

  /// The gradient that attributions are computed from. Both methods give the same result with one layer.
  package enum Method: String, Sendable, Hashable, CaseIterable {
    /// The mean of ∂z/∂x between the baseline and the image. The attributions add up to z with a small ``remainder``.
    case integrated
    /// ∂z/∂x at the image itself ("gradient x input"). Faster, but ignores nonlinearity, so the ``remainder`` may be large.
    case gradient
  }

  /// The number of columns and rows of positions.
  package let size: ImageSize
  /// The class that positive attributions support.
  package let label: Int
  /// The attribution of each position, summed over its features: `height x width`, row by row.
  package let map: [Double]
  /// The bias b with one layer, otherwise z of the baseline.
  package let constant: Double
  /// z, the logit of the class. With two classes there is one logit: it is z for class 1, and its negative is z for class 0.
  package let logit: Double
  package let baseline: Baseline
  package let method: Method
  /// The number of points at which ∂z/∂x was computed.
  package let points: Int

  /// Computes the attributions of an image to the logit of a class of any network. Throws `FeatureError` if a backbone
  /// fails.
  package init(
    _ classifier: Classifier, of image: PreparedImage, for label: Int, from baseline: Baseline = .black,
    by method: Method = .integrated
  ) throws(FeatureError) {
    let (network, features) = (classifier.network, image.features)
    let featureMap = try classifier.preprocessing.featureMap(of: image)
    precondition(features.count == network.inputs, "the number of features must equal the number of network inputs")
    let factors = classifier.evidenceFactors(for: label)
    let start = baseline.features(network.inputs, zero: classifier.preprocessing.extractor.zero)
    let here = features.withUnsafeBufferPointer { network.firstPreactivations(of: $0) }
    let there = network.firstPreactivations(of: start)
    let slope: [Double]
    switch method {
    case .integrated:
      let path = PathGradient(network, factors, from: there, to: here)
      (slope, points) = (network.pixelGradient(path.mean), path.points)
    case .gradient:
      (slope, points) = (network.pixelGradient(network.combination(factors, fromFirst: here).gradient), 1)
    }
    map = featureMap.divided(
      slope.enumerated().map { index, weight in weight * ((Double(features[index]) - start[index]) / 255) })
    (size, self.label, self.baseline, self.method) = (featureMap.size, label, baseline, method)
    constant = dot(factors, network.logits(fromFirst: there))
    logit = dot(factors, network.logits(fromFirst: here))
  }

  /// The mean of several attributions, which have the same size, label, baseline and method.
  package init(mean all: [Attributions]) {
    precondition(!all.isEmpty && all.allSatisfy { $0.size == all[0].size && $0.label == all[0].label })
    let count = Double(all.count)
    map = all[0].map.indices.map { place in all.reduce(0) { $0 + $1.map[place] } / count }
    constant = all.reduce(0) { $0 + $1.constant } / count
    logit = all.reduce(0) { $0 + $1.logit } / count
    (size, label, baseline) = (all[0].size, all[0].label, all[0].baseline)
    (method, points) = (all[0].method, all[0].points)
  }

  /// z minus the constant and all attributions: the rounding error with one layer, otherwise the approximation error.
  package var remainder: Double { logit - map.reduce(constant, +) }

  package var positive: Double { map.reduce(0) { $0 + max($1, 0) } }

  package var negative: Double { map.reduce(0) { $0 + min($1, 0) } }

  /// Red for the class, black at 0, blue against the class. The largest absolute value gets the full color.
  package var image: Image {
    Image(glowing: map.map(Float.init), size: size, limit: Float(map.reduce(0) { max($0, abs($1)) }))
  }
}

extension Attributions.Baseline {
  /// Black for one layer or without a mean, otherwise the mean training image, 0 … 255 for each feature.
  package init(for classifier: Classifier, mean: [Double]?) {
    guard classifier.network.layers.count > 1, let mean else {
      self = .black
      return
    }
    self = .mean(mean)
  }

  package var name: String {
    switch self {
    case .black: "black"
    case .mean: "the mean training image"
    }
  }

  /// The baseline as `count` features, 0 … 255. `zero` is the byte of a feature that is 0.
  fileprivate func features(_ count: Int, zero: UInt8) -> [Double] {
    switch self {
    case .black: Array(repeating: Double(zero), count: count)
    case .mean(let features): features
    }
  }
}

extension Classifier {
  /// The factors f with z = Σ f·logit for a class: one-hot, or with two classes a single 1 for class 1 and -1 for class 0.
  package func evidenceFactors(for label: Int) -> [Double] {
    precondition(classNames.indices.contains(label), "class \(label) does not exist")
    return classNames.count == 2 ? [label == 1 ? 1 : -1] : classNames.indices.map { $0 == label ? 1 : 0 }
  }
}
