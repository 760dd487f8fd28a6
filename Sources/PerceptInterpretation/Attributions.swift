public import PerceptImages
import PerceptLinearAlgebra
public import PerceptModels

/// What each pixel of a picture adds to the evidence for a class: numbers that, together with a constant, add up to z.
///
/// With one layer they are w·x, with x between 0 and 1, and the constant is the bias b: z = b + Σ w·x, exactly. Hidden layers have
/// no weight for a pixel, since what it counts depends on the others. There a pixel gets (x - x′)·w̄, where w̄ is the mean of ∂z/∂x on
/// the straight way from a ``Baseline`` x′ to the picture (integrated gradients; Sundararajan, Taly and Yan, 2017), and the constant
/// is z of the baseline. Of one layer's black baseline that is w·x and b again, so there is one definition.
public struct Attributions: Sendable, Hashable {
  /// The picture with which a picture is compared: what it has in common with that, no pixel speaks of.
  public enum Baseline: Sendable, Hashable {
    /// Every pixel 0: that of one layer, where its z is the bias.
    case black
    /// The mean of the pictures that were learned from, 0 … 255 for each feature: that of hidden layers wherever it is known. Black is
    /// like no photo, so a network says nothing of meaning about it, and dark pixels could never speak.
    case mean([Double])
  }

  /// How ∂z/∂x becomes contributions; with one layer it makes no difference.
  public enum Method: String, Sendable, Hashable, CaseIterable {
    /// Its mean on the way from the baseline: contributions add up to z but for a small ``remainder``.
    case integrated
    /// Its value at the picture itself ("gradient x input"): quickly said, but what hidden layers bend on the way is missing from the
    /// sum, and the ``remainder`` may be large.
    case gradient
  }

  /// Width and height in pixels.
  public let size: ImageSize
  /// The class that positive numbers speak for.
  public let label: Int
  /// For each pixel the sum over its channels, `height x width`, row by row.
  public let pixels: [Double]
  /// b, or z of the baseline.
  public let constant: Double
  /// z, the evidence for the class as ``Classifier/predict(_:)-(Image)`` computes it: its logit; of two classes, the one logit for
  /// class 1 and its negative for class 0.
  public let logit: Double
  /// What the picture was compared with.
  public let baseline: Baseline
  /// How the contributions came about.
  public let method: Method
  /// At how many pictures on the way ∂z/∂x was computed.
  public let points: Int

  /// The contributions of a picture's pixels to the evidence for a class.
  ///
  /// - Parameters:
  ///   - classifier: any network.
  ///   - features: `preprocessing.featureCount` bytes.
  ///   - label: which class.
  ///   - baseline: what the picture is compared with.
  ///   - method: how ∂z/∂x becomes contributions.
  public init(
    _ classifier: Classifier, features: [UInt8], for label: Int, from baseline: Baseline = .black,
    by method: Method = .integrated
  ) {
    let (network, channels) = (classifier.network, classifier.preprocessing.color.channelCount)
    precondition(features.count == network.inputs, "inputs and features differ in number")
    let factors = classifier.evidenceFactors(for: label)
    let start = baseline.features(network.inputs)
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
    var pixels = Array(repeating: 0.0, count: features.count / channels)
    for (index, weight) in slope.enumerated() {
      pixels[index / channels] += weight * ((Double(features[index]) - start[index]) / 255)
    }
    self.pixels = pixels
    (size, self.label, self.baseline, self.method) = (classifier.preprocessing.size, label, baseline, method)
    constant = dot(factors, network.logits(fromFirst: there))
    logit = dot(factors, network.logits(fromFirst: here))
  }

  /// What pixels and constant together miss of z: of one layer rounding, otherwise what the steps on the way leave out.
  public var remainder: Double { logit - pixels.reduce(constant, +) }

  /// What speaks for the class: the sum of all above 0.
  public var positive: Double { pixels.reduce(0) { $0 + max($1, 0) } }

  /// What speaks against it: the sum of all below 0.
  public var negative: Double { pixels.reduce(0) { $0 + min($1, 0) } }

  /// The contributions in diverging colours from black at 0: blue against, red for; the largest has the full colour.
  public var image: Image {
    Image(glowing: pixels.map(Float.init), size: size, limit: Float(pixels.reduce(0) { max($0, abs($1)) }))
  }
}

extension Attributions.Baseline {
  /// What a classifier's pictures are best compared with: black for one layer, otherwise the mean.
  ///
  /// - Parameters:
  ///   - classifier: any network.
  ///   - mean: the mean of the pictures that were learned from, 0 … 255 for each feature; nil where it is not known, and black has to do.
  public init(for classifier: Classifier, mean: [Double]?) {
    guard classifier.network.layers.count > 1, let mean else {
      self = .black
      return
    }
    self = .mean(mean)
  }

  /// What it is called.
  public var name: String {
    switch self {
    case .black: "black"
    case .mean: "the mean training picture"
    }
  }

  /// Numbers from 0 to 255.
  fileprivate func features(_ count: Int) -> [Double] {
    switch self {
    case .black: Array(repeating: 0, count: count)
    case .mean(let features): features
    }
  }
}

extension Classifier {
  /// What each logit is multiplied by in the evidence for a class: its own by 1; of two classes, the one logit by 1 for class 1 and
  /// by -1 for class 0.
  package func evidenceFactors(for label: Int) -> [Double] {
    precondition(classNames.indices.contains(label), "there is no class \(label)")
    return classNames.count == 2 ? [label == 1 ? 1 : -1] : classNames.indices.map { $0 == label ? 1 : 0 }
  }
}
