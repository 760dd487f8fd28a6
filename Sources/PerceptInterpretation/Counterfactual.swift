import PerceptFeatures
import PerceptIO
package import PerceptImages
import PerceptLinearAlgebra
package import PerceptModels

/// A counterfactual: the image with the smallest change found that flips the answer to another class.
///
/// With one layer and unbounded pixels, it would be x - (z/‖w‖²)·w. Pixels are clipped to 0 … 255: of all images with another
/// answer, clip(x - t·w) with the smallest t is the nearest in root mean square. The image is rounded to bytes, and bisection finds
/// the smallest t at which the rounded image gets another answer. With more than two classes, w is the difference between the
/// weights of the predicted class and those of another class, and the nearest result over all other classes is used. Of many
/// classes, only those are tried whose decision boundaries are nearest for unbounded pixels.
///
/// Hidden layers have no single w. Up to 30 gradient steps, each to where the answer would change if the network were linear, lead
/// to an image with another answer. The counterfactual is the smallest fraction of that total change that flips the answer. It is
/// small, but not guaranteed to be the smallest.
package struct Counterfactual: Sendable, Hashable {
  package let original: [UInt8]
  /// The image after the change: `preprocessing.featureCount` bytes.
  package let features: [UInt8]
  /// The prediction for the changed image.
  package let prediction: Prediction
  private let preprocessing: Preprocessing
  /// The line from the original image along which the answer changes.
  package let way: Way
  /// The largest fraction of ``way`` that was found to leave the answer unchanged.
  package let unchanged: Double

  /// Images on a straight line, clipped to 0 … 255.
  package struct Way: Sendable, Hashable {
    let start: [UInt8]
    /// The change of each sample at fraction 1, in units of a byte.
    let direction: [Double]

    /// The image at a fraction of the line, which may be greater than 1.
    package func image(after part: Double) -> [UInt8] {
      zip(start, direction).map { UInt8(nearest: Double($0) + part * $1) }
    }
  }

  /// Finds the smallest change of an image (`preprocessing.featureCount` bytes) that flips the answer. Nil if none is found:
  /// with one layer, the answer stays the same even with every pixel at the limit that most favors another class.
  package init?(_ classifier: Classifier, features: [UInt8]) {
    let answer = features.withUnsafeBufferPointer(classifier.predict)
    let rivals = classifier.rivals(of: answer)
    // With one layer, each class has its own direction, and the nearest class need not be the runner-up.
    let isLinear = classifier.network.layers.count == 1
    let tried = isLinear ? classifier.nearest(rivals, to: answer, limit: Self.mostRivals) : Array(rivals.prefix(1))
    let found = tried.compactMap { Counterfactual(classifier, features: features, answer, against: $0) }
    guard let smallest = found.min(by: { $0.rootMeanSquare < $1.rootMeanSquare }) else { return nil }
    self = smallest
  }

  /// The number of other classes that are tried. Each takes about 25 predictions.
  private static let mostRivals = 20

  private init?(_ classifier: Classifier, features: [UInt8], _ answer: Prediction, against rival: Int) {
    let factors = classifier.marginFactors(of: answer, over: rival)
    func isChanged(_ features: [UInt8]) -> Bool {
      features.withUnsafeBufferPointer { classifier.predict($0).label } != answer.label
    }
    let isLinear = classifier.network.layers.count == 1
    guard
      let direction = isLinear
        ? Self.linearDirection(classifier.network, factors, features)
        : Self.nonlinearDirection(classifier.network, factors, features, isChanged)
    else { return nil }
    let way = Way(start: features, direction: direction)
    guard var range = Self.range(of: way, isChanged) else { return nil }
    // Over so short a distance, rarely more than one sample changes.
    while range.upperBound - range.lowerBound > 1e-6 * range.upperBound {
      let middle = (range.lowerBound + range.upperBound) / 2
      range = isChanged(way.image(after: middle)) ? range.lowerBound...middle : middle...range.upperBound
    }
    (original, self.features) = (features, way.image(after: range.upperBound))
    prediction = self.features.withUnsafeBufferPointer(classifier.predict)
    (preprocessing, self.way, unchanged) = (classifier.preprocessing, way, range.lowerBound)
  }

  /// Returns fractions of a line that bracket a change of the answer: the lower bound is 0 or half of the upper bound.
  private static func range(of way: Way, _ isChanged: ([UInt8]) -> Bool) -> ClosedRange<Double>? {
    var (before, part) = (0.0, 1.0)
    while part.isFinite {
      let image = way.image(after: part)
      if isChanged(image) { return before...part }
      // All samples that move have reached 0 or 255.
      guard zip(image, way.direction).contains(where: { ($1 > 0 && $0 < 255) || ($1 < 0 && $0 > 0) }) else {
        return nil
      }
      (before, part) = (part, 2 * part)
    }
    return nil
  }

  /// -(z/‖w‖²)·w, the change that flips the answer if pixels are unbounded.
  private static func linearDirection(_ network: Network, _ factors: [Double], _ features: [UInt8]) -> [Double]? {
    let first = features.withUnsafeBufferPointer { network.firstPreactivations(of: $0) }
    let weights = network.pixelGradient(factors)
    let square = dot(weights, weights)
    let part = 255 * max(dot(factors, first), 1e-6) / square
    // Tiny weights have a square of 0.
    guard part.isFinite else { return nil }
    return weights.map { -part * $0 }
  }

  /// The maximum number of gradient steps, and the maximum length of a step (root mean square, in units of a byte). The length is
  /// limited because the gradient of saturated units says nothing about distant points.
  private static let (mostSteps, longestStep) = (30, 16.0)

  /// The change to an image with another answer, or nil if none is reached.
  private static func nonlinearDirection(
    _ network: Network, _ factors: [Double], _ features: [UInt8], _ isChanged: ([UInt8]) -> Bool
  ) -> [Double]? {
    var place = features.map(Double.init)
    for _ in 0..<mostSteps {
      let (margin, first) = network.combination(factors, fromFirst: network.firstPreactivations(of: place))
      let gradient = network.pixelGradient(first)
      // Count only samples that are not at the limit already.
      let square = zip(place, gradient).reduce(0.0) { sum, pixel in
        (pixel.1 > 0 && pixel.0 > 0) || (pixel.1 < 0 && pixel.0 < 255) ? sum + pixel.1 * pixel.1 : sum
      }
      guard square > 0, square.isFinite else { return nil }
      // Go a little further than the linear estimate, because clipping and rounding take part of the change away.
      let wanted = 255 * (max(margin, 0) * 1.1 + 0.01) / square
      let part = min(wanted, longestStep * (Double(features.count) / square).squareRoot())
      place = zip(place, gradient).map { min(max($0 - part * $1, 0), 255) }
      if isChanged(place.map { UInt8(nearest: $0) }) { return zip(place, features).map { $0 - Double($1) } }
    }
    return nil
  }
}

extension Counterfactual {
  /// The largest absolute change of a sample, 1 … 255.
  package var largestChange: Int { zip(original, features).reduce(0) { max($0, abs(Int($1.0) - Int($1.1))) } }

  /// The root mean square of the changes of all samples, in units of a byte.
  package var rootMeanSquare: Double {
    let squares = zip(original, features).reduce(0) { sum, pair in
      sum + (Int(pair.0) - Int(pair.1)) * (Int(pair.0) - Int(pair.1))
    }
    return (Double(squares) / Double(features.count)).squareRoot()
  }

  package var image: Image { preprocessing.image(ofSamples: features) }

  /// The difference around middle gray, lighter where the image becomes lighter, amplified as far as possible without clipping.
  package var difference: (image: Image, factor: Int) {
    let factor = max(1, 127 / max(largestChange, 1))
    let samples = zip(original, features).map { before, after in
      UInt8(min(max(128 + factor * (Int(after) - Int(before)), 0), 255))
    }
    return (preprocessing.image(ofSamples: samples), factor)
  }
}

extension Classifier {
  /// The other classes, most probable first.
  fileprivate func rivals(of answer: Prediction) -> [Int] {
    classNames.indices.filter { $0 != answer.label }
      .sorted { (answer.probabilities[$1], $0) < (answer.probabilities[$0], $1) }
  }

  /// Returns the `limit` classes whose decision boundaries to the answer are nearest if pixels are unbounded, or all if there
  /// are no more. The squared distance is (z_answer - z_rival)² / ‖w_answer - w_rival‖². Only for networks of one layer.
  fileprivate func nearest(_ rivals: [Int], to answer: Prediction, limit: Int) -> [Int] {
    guard rivals.count > limit else { return rivals }
    let (weights, inputs) = (network.layers[0].weights.elements, network.inputs)
    func square(_ rival: Int) -> Double {
      (0..<inputs).reduce(0) { sum, index in
        let difference = weights[answer.label * inputs + index] - weights[rival * inputs + index]
        return sum + difference * difference
      }
    }
    let distances = rivals.map { rival in
      let margin = answer.logits[answer.label] - answer.logits[rival]
      return margin * margin / max(square(rival), .leastNormalMagnitude)
    }
    let order = rivals.indices.sorted { (distances[$0], $0) < (distances[$1], $1) }
    return order.prefix(limit).map { rivals[$0] }
  }

  /// The factors f with Σ f·logit = the margin of an answer over another class.
  fileprivate func marginFactors(of answer: Prediction, over rival: Int) -> [Double] {
    guard classNames.count > 2 else { return evidenceFactors(for: answer.label) }
    return zip(evidenceFactors(for: answer.label), evidenceFactors(for: rival)).map { $0 - $1 }
  }
}
