public import Classification
public import Images
import LinearAlgebra
import NeuralNetworks

/// What each pixel of a picture adds to the evidence of a unit that sees pixels: w·x, with x between 0 and 1. Together with the
/// bias they are the logit: z = b + Σ w·x.
public struct Contributions: Sendable, Hashable {
  /// Width and height in pixels.
  public let size: ImageSize
  /// For each pixel the sum of w·x over its channels, `height x width`, row by row.
  public let pixels: [Double]
  /// b.
  public let bias: Double
  /// z as ``Classifier/predict(_:)-(Image)`` computes it; the sum of `pixels` and `bias` but for rounding.
  public let logit: Double

  /// The contributions of a picture.
  ///
  /// - Parameters:
  ///   - classifier: a neuron, or one neuron a class; with hidden layers pixels have no weight of their own.
  ///   - features: `preprocessing.featureCount` bytes.
  ///   - unit: which unit; a neuron has one, one neuron a class has the classes'.
  public init(_ classifier: Classifier, features: [UInt8], unit: Int = 0) {
    let (network, channels) = (classifier.network, classifier.preprocessing.color.channelCount)
    precondition(network.layers.count == 1, "with hidden layers pixels have no weight of their own")
    precondition(features.count == network.inputs, "inputs and features differ in number")
    let weights = network.layers[0].weights.elements[unit * network.inputs..<(unit + 1) * network.inputs]
    size = classifier.preprocessing.size
    bias = network.layers[0].bias[unit]
    logit = features.withUnsafeBufferPointer { classifier.predict($0).logits[unit] }
    var pixels = Array(repeating: 0.0, count: features.count / channels)
    for (index, weight) in weights.enumerated() { pixels[index / channels] += weight * Double(features[index]) / 255 }
    self.pixels = pixels
  }

  /// What speaks for class 1, or the unit's own class: the sum of all above 0.
  public var positive: Double { pixels.reduce(0) { $0 + max($1, 0) } }

  /// What speaks against it: the sum of all below 0.
  public var negative: Double { pixels.reduce(0) { $0 + min($1, 0) } }

  /// The contributions in diverging colours from black at 0: blue against, red for; the largest has the full colour.
  public var image: Image {
    Image(glowing: pixels.map(Float.init), size: size, limit: Float(pixels.reduce(0) { max($0, abs($1)) }))
  }
}
