import PerceptDatasets
package import PerceptInterpretation
import PerceptModels

/// What is said of an explanation, the same in the terminal, in figures and on pages.
extension Explanation {
  /// A part of the sum that makes z.
  package struct Summand {
    package let name: String
    package let value: Double
  }

  /// What adds up to z: the constant, what speaks for and against, and with hidden layers what the steps left out.
  package var summands: [Summand] {
    let constant = hasHiddenLayers ? "z of \(attributions.baseline.name)" : "bias b"
    let all = [
      Summand(name: constant, value: attributions.constant),
      Summand(name: "pixels for \(className)", value: attributions.positive),
      Summand(name: "pixels for \(otherName)", value: attributions.negative),
    ]
    guard hasHiddenLayers else { return all }
    // Below this it is rounding, and differs from machine to machine.
    let least = 1e-9 * all.reduce(0) { $0 + abs($1.value) }
    let remainder = abs(attributions.remainder) > least ? attributions.remainder : 0
    return all + [Summand(name: "not accounted for", value: remainder)]
  }

  /// What the colours of the contributions mean, in a sentence.
  package var attributionSentence: String {
    let what =
      switch (hasHiddenLayers, attributions.method) {
      case (false, _): "Pixel times weight, w·x"
      case (true, .integrated):
        "What each pixel adds on the way from \(attributions.baseline.name) to this one (integrated gradients)"
      case (true, .gradient): "Each pixel times its slope at this picture (gradient x input)"
      }
    return "\(what): red spoke for \(className), blue for \(otherName)."
  }

  /// The smallest change that was found, in a sentence.
  package var counterfactualSentence: String {
    let answer = classNames[prediction.label]
    guard let counterfactual else {
      return hasHiddenLayers
        ? "A few straight steps led to no picture that is answered otherwise than \(answer)."
        : "Even with every pixel as black or as white as helps most, the answer stays \(answer)."
    }
    let (change, other) = (counterfactual.largestChange, classNames[counterfactual.prediction.label])
    return
      "Changing no pixel by more than \(change) of 255 \(change == 1 ? "step" : "steps") "
      + "(root mean square \(Ticks.label(Ticks.significant(counterfactual.rootMeanSquare, digits: 3)))) makes it \(other)."
  }

  /// What training pictures have done to the answer, all together, in a sentence.
  package func influenceSentence(among count: Int) -> String {
    guard let influence else { return "" }
    let sums = [1.0, -1.0].map { sign in influence.representerValues.filter { $0 * sign > 0 } }
    let parts = zip(sums, [className, otherName]).map { representerValues, name in
      "\(representerValues.count) pull for \(name), together \(Self.signed(representerValues.reduce(0, +)))"
    }
    let size = influence.representerValues.reduce(abs(influence.constant)) { $0 + abs($1) }
    let common =
      abs(influence.common) > 1e-6 * size
      ? "; that this one is lighter or darker than it adds \(Self.signed(influence.common))" : ""
    let rest =
      abs(influence.remainder) > 1e-6 * size
      ? "; \(Self.signed(influence.remainder)) the weights had from the start" : ""
    return
      "The mean of the \(counted(count, "training picture")) has z \(Self.signed(influence.constant))\(common); of the pictures "
      + "\(parts.joined(separator: ", ")), and \(rest.isEmpty ? "that is all of z" : "that is z but for what follows")\(rest)."
  }

  /// The parts of the picture that spoke most for the class, or against it: the strongest first, as `center +1.2`.
  package func regions(for isFor: Bool, atMost count: Int = 3) -> [String] {
    attributions.regions.filter { isFor ? $0.sum > 0 : $0.sum < 0 }
      .sorted { abs($0.sum) > abs($1.sum) }.prefix(count).map { "\($0.name) \(Self.signed($0.sum))" }
  }

  /// A number with its sign, three digits that mean something: `+1.23`, `−0.004`, `0`.
  package static func signed(_ value: Double) -> String {
    (value < 0 ? "−" : value > 0 ? "+" : "") + Ticks.label(Ticks.significant(abs(value), digits: 3))
  }
}
