public import PerceptImages
import PerceptLinearAlgebra
public import PerceptModels

/// A change of a picture, as small as can be found, after which it is answered with another class.
///
/// With one layer and without the limits of pixels it would be x - (z/‖w‖²)·w: straight against the weights. Pixels end at black and
/// white, so each goes as far as it can: of all real pictures with another answer, clip(x - t·w) with the smallest t is the nearest
/// (in root mean square). It is rounded to bytes, and t is found by halving until the bytes themselves are answered otherwise. With
/// more than two classes w is that of the answer less that of another class, and the nearest of them counts.
///
/// Hidden layers have no one w. There straight steps against the gradient, a few of them, each to where the answer would change if
/// the network were straight, lead to a picture that is answered otherwise; the nudge is the smallest part of the way there that
/// is. That is a small change, but nothing proves that none is smaller.
public struct Counterfactual: Sendable, Hashable {
  /// The picture before.
  public let original: [UInt8]
  /// The picture after: `preprocessing.featureCount` bytes.
  public let features: [UInt8]
  /// The answer for the picture after.
  public let prediction: Prediction
  private let preprocessing: Preprocessing
  /// The way from the picture before, and the largest part of it that was seen to change nothing.
  package let way: Way
  package let unchanged: Double

  /// Pictures on a straight way, each sample as far as it can go.
  package struct Way: Sendable, Hashable {
    let start: [UInt8]
    /// How much each sample changes, in steps of a byte, at 1.
    let direction: [Double]

    /// The picture after a part of the way, or after more than it all.
    package func image(after part: Double) -> [UInt8] {
      zip(start, direction).map { UInt8(min(max(Double($0) + part * $1, 0), 255).rounded()) }
    }
  }

  /// Looks for the smallest change; nil where none is found: with one layer, where the answer stays even when every pixel goes all
  /// the way towards any other class.
  ///
  /// - Parameters:
  ///   - classifier: any network.
  ///   - features: `preprocessing.featureCount` bytes.
  public init?(_ classifier: Classifier, features: [UInt8]) {
    let answer = features.withUnsafeBufferPointer(classifier.predict)
    let rivals = classifier.rivals(of: answer)
    // With one layer each class has a way of its own, and the shortest need not be that of the runner-up.
    let tried = classifier.network.layers.count == 1 ? rivals : Array(rivals.prefix(1))
    let found = tried.compactMap { Counterfactual(classifier, features: features, answer, against: $0) }
    guard let smallest = found.min(by: { $0.rootMeanSquare < $1.rootMeanSquare }) else { return nil }
    self = smallest
  }

  private init?(_ classifier: Classifier, features: [UInt8], _ answer: Prediction, against rival: Int) {
    let factors = classifier.marginFactors(of: answer, over: rival)
    func isChanged(_ features: [UInt8]) -> Bool {
      features.withUnsafeBufferPointer { classifier.predict($0).label } != answer.label
    }
    let isStraight = classifier.network.layers.count == 1
    guard
      let direction = isStraight
        ? Self.straightDirection(classifier.network, factors, features)
        : Self.bentDirection(classifier.network, factors, features, isChanged)
    else { return nil }
    let way = Way(start: features, direction: direction)
    guard var range = Self.range(of: way, isChanged) else { return nil }
    // Over so short a way hardly ever more than one sample changes.
    while range.upperBound - range.lowerBound > 1e-6 * range.upperBound {
      let middle = (range.lowerBound + range.upperBound) / 2
      range = isChanged(way.image(after: middle)) ? range.lowerBound...middle : middle...range.upperBound
    }
    (original, self.features) = (features, way.image(after: range.upperBound))
    prediction = self.features.withUnsafeBufferPointer(classifier.predict)
    (preprocessing, self.way, unchanged) = (classifier.preprocessing, way, range.lowerBound)
  }

  /// Parts of a way between which the answer changes: none of it, or half of a part after which it has.
  private static func range(of way: Way, _ isChanged: ([UInt8]) -> Bool) -> ClosedRange<Double>? {
    var (before, part) = (0.0, 1.0)
    while part.isFinite {
      let image = way.image(after: part)
      if isChanged(image) { return before...part }
      // Nothing moves any further.
      guard zip(image, way.direction).contains(where: { ($1 > 0 && $0 < 255) || ($1 < 0 && $0 > 0) }) else {
        return nil
      }
      (before, part) = (part, 2 * part)
    }
    return nil
  }

  /// -(z/‖w‖²)·w: where the answer would change if pixels had no ends.
  private static func straightDirection(_ network: Network, _ factors: [Double], _ features: [UInt8]) -> [Double]? {
    let first = features.withUnsafeBufferPointer { network.firstPreactivations(of: $0) }
    let weights = network.pixelGradient(factors)
    let square = dot(weights, weights)
    guard square > 0 else { return nil }
    let part = 255 * max(dot(factors, first), 1e-6) / square
    return weights.map { -part * $0 }
  }

  /// How many straight steps are tried, and how long one is at most (root mean square, in steps of a byte): where units are saturated
  /// the slope says nothing about what is far away.
  private static let (mostSteps, longestStep) = (30, 16.0)

  /// The way to a picture that is answered otherwise; nil where none is reached.
  private static func bentDirection(
    _ network: Network, _ factors: [Double], _ features: [UInt8], _ isChanged: ([UInt8]) -> Bool
  ) -> [Double]? {
    var place = features.map(Double.init)
    for _ in 0..<mostSteps {
      let (margin, first) = network.combination(factors, fromFirst: network.firstPreactivations(of: place))
      let gradient = network.pixelGradient(first)
      // Only what can still move counts.
      let square = zip(place, gradient).reduce(0.0) { sum, pixel in
        (pixel.1 > 0 && pixel.0 > 0) || (pixel.1 < 0 && pixel.0 < 255) ? sum + pixel.1 * pixel.1 : sum
      }
      guard square > 0, square.isFinite else { return nil }
      // A little further than where it would change, since ends of pixels and rounding hold some of it back.
      let wanted = 255 * (max(margin, 0) * 1.1 + 0.01) / square
      let part = min(wanted, longestStep * (Double(features.count) / square).squareRoot())
      place = zip(place, gradient).map { min(max($0 - part * $1, 0), 255) }
      if isChanged(place.map { UInt8($0.rounded()) }) { return zip(place, features).map { $0 - Double($1) } }
    }
    return nil
  }
}

extension Counterfactual {
  /// The most that a sample changes, 1 … 255.
  public var largestChange: Int { zip(original, features).reduce(0) { max($0, abs(Int($1.0) - Int($1.1))) } }

  /// The root mean square of all samples' changes, in steps of a byte.
  public var rootMeanSquare: Double {
    let squares = zip(original, features).reduce(0) { sum, pair in
      sum + (Int(pair.0) - Int(pair.1)) * (Int(pair.0) - Int(pair.1))
    }
    return (Double(squares) / Double(features.count)).squareRoot()
  }

  /// The picture after.
  public var image: Image { preprocessing.image(of: features) }

  /// What changes, around middle gray: lighter where the picture becomes lighter.
  ///
  /// - Returns: the picture, and how many times as large as they are it shows the changes: as often as the largest allows.
  public var difference: (image: Image, factor: Int) {
    let factor = max(1, 127 / max(largestChange, 1))
    let samples = zip(original, features).map { before, after in
      UInt8(min(max(128 + factor * (Int(after) - Int(before)), 0), 255))
    }
    return (preprocessing.image(of: samples), factor)
  }
}

extension Classifier {
  /// The other classes, the runner-up first.
  fileprivate func rivals(of answer: Prediction) -> [Int] {
    classNames.indices.filter { $0 != answer.label }
      .sorted { (answer.probabilities[$1], $0) < (answer.probabilities[$0], $1) }
  }

  /// What each logit is multiplied by in the lead of an answer over another class.
  fileprivate func marginFactors(of answer: Prediction, over rival: Int) -> [Double] {
    guard classNames.count > 2 else { return evidenceFactors(for: answer.label) }
    return zip(evidenceFactors(for: answer.label), evidenceFactors(for: rival)).map { $0 - $1 }
  }
}
