import PerceptDatasets
import PerceptFeatures
import PerceptImages
package import PerceptInterpretation
import PerceptModels

/// The text of an explanation, shared by the terminal, figures and pages.
extension Explanation {
  package struct Summand {
    package let name: String
    package let value: Double
  }

  /// The terms that add up to z: the constant, the evidence for and against the class, and with hidden layers the remainder.
  package var summands: [Summand] {
    let bias = extractor.zero == 0 ? "bias b" : "bias b and offsets"
    let constant = hasHiddenLayers ? "z of \(attributions.baseline.name)" : bias
    let evidence =
      hasPositions
      ? [
        Summand(name: "\(parts) for \(className)", value: attributions.positive),
        Summand(name: "\(parts) for \(otherName)", value: attributions.negative),
      ] : [Summand(name: "features", value: attributions.map[0])]
    let all = [Summand(name: constant, value: attributions.constant)] + evidence
    guard hasHiddenLayers else { return all }
    // A smaller remainder is rounding error, which differs between machines.
    let least = 1e-9 * all.reduce(0) { $0 + abs($1.value) }
    let remainder = abs(attributions.remainder) > least ? attributions.remainder : 0
    return all + [Summand(name: "not accounted for", value: remainder)]
  }

  /// The positions of attributions: pixels, or squares that features come from.
  private var parts: String { extractor == .pixels ? "pixels" : "squares" }

  package var attributionSentence: String {
    let size = attributions.size
    let what =
      switch (hasHiddenLayers, attributions.method) {
      case (false, _) where extractor == .pixels: "Pixel times weight, w·x"
      case _ where !hasPositions: "The features have no positions, so there is no map"
      case (false, _): "Feature times weight, w·x, in each of \(size.width) x \(size.height) \(parts)"
      case (true, .integrated):
        "Integrated gradients from \(attributions.baseline.name) to this image"
      case (true, .gradient): "Gradient x input at this image"
      }
    return hasPositions ? "\(what): red is evidence for \(className), blue for \(otherName)." : what + "."
  }

  package var counterfactualSentence: String {
    let answer = classNames[prediction.label]
    if let occlusion { return sentence(occlusion) }
    guard let counterfactual else {
      return hasHiddenLayers
        ? "No counterfactual was found: a search along the gradient did not change the answer \(answer)."
        : "No counterfactual exists: even with each pixel set to black or white, whichever favors another class most, "
          + "the answer stays \(answer)."
    }
    let (change, other) = (counterfactual.largestChange, classNames[counterfactual.prediction.label])
    return
      "Changing each pixel by at most \(change) of 255 \(change == 1 ? "level" : "levels") "
      + "(root mean square \(Ticks.label(Ticks.significant(counterfactual.rootMeanSquare, digits: 3)))) "
      + "changes the answer to \(other)."
  }

  private func sentence(_ occlusion: Occlusion) -> String {
    let (answer, count) = (classNames[prediction.label], occlusion.hiddenCount)
    let hidden = "\(count) of \(counted(occlusion.count, "square"))"
    guard occlusion.isFlipped else {
      return "Occlusion: the answer stays \(answer) if all squares with evidence for it are hidden, \(hidden)."
    }
    let which =
      count == 1 ? "is hidden, the one with the most evidence" : "are hidden, those with the most evidence first"
    return "Occlusion: the answer changes to \(classNames[occlusion.prediction.label]) if \(hidden) \(which)."
  }

  /// A summary of the training influence: the terms that add up to z. Empty if there is none.
  package func influenceSentence(among count: Int) -> String {
    guard let influence else { return "" }
    let sums = [1.0, -1.0].map { sign in influence.representerValues.filter { $0 * sign > 0 } }
    let parts = zip(sums, [className, otherName]).map { representerValues, name in
      "\(Self.signed(representerValues.reduce(0, +))) (\(counted(representerValues.count, "image")) for \(name))"
    }
    let size = influence.representerValues.reduce(abs(influence.constant)) { $0 + abs($1) }
    let common =
      abs(influence.common) > 1e-6 * size
      ? ", \(Self.signed(influence.common)) (\(extractor == .pixels ? "brightness relative to the mean" : "in common"))"
      : ""
    let rest =
      abs(influence.remainder) > 1e-6 * size
      ? ", \(Self.signed(influence.remainder)) (initial weights)" : ""
    return
      "Training influence: z for \(className) is the sum of \(Self.signed(influence.constant)) "
      + "(mean of the \(counted(count, "training image")))\(common), \(parts.joined(separator: ", "))\(rest)."
  }

  /// The regions of the image with the most evidence for or against the class, strongest first, such as `top left +1.2`.
  package func regions(for isFor: Bool, atMost count: Int = 3) -> [String] {
    attributions.regions.map { (name: $0.name, sum: isFor ? $0.positive : $0.negative) }
      .filter { $0.sum != 0 }.sorted { abs($0.sum) > abs($1.sum) }.prefix(count)
      .map { "\($0.name) \(Self.signed($0.sum))" }
  }

  /// Formats a number with its sign and three significant digits: `+1.23`, `−0.004`, `0`.
  package static func signed(_ value: Double) -> String {
    (value < 0 ? "−" : value > 0 ? "+" : "") + Ticks.label(Ticks.significant(abs(value), digits: 3))
  }
}
