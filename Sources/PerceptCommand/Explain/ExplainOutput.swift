import Percept

struct ExplainOutput {
  private let classifier: Classifier
  private let learned: LearnedData?
  private let isJSON: Bool

  init(_ classifier: Classifier, learned: LearnedData?, isJSON: Bool) {
    self.classifier = classifier
    self.learned = learned
    self.isJSON = isJSON
  }

  /// The maximum number of training images listed per direction.
  private static let mostInfluences = 3

  /// `seen` is the split in which the model has seen the image; nil if it has not, or if it is unknown.
  func print(_ explanation: Explanation, of image: String, seen: Split?) throws {
    if isJSON {
      return try Terminal.print(
        json: Object(file: image, explanation, seen: seen, files: learned?.dataset.examples))
    }
    let prediction = explanation.prediction
    Terminal.print(
      "\(classifier.classNames[prediction.label])  \(prediction.probability.fixed(4))  \(image)")
    for line in [seen?.warning].compactMap(\.self) + lines(explanation) { Terminal.print("  " + line) }
  }

  private func lines(_ explanation: Explanation) -> [String] {
    let sum = explanation.summands.map { "\($0.name) \(Explanation.signed($0.value))" }.joined(separator: ", ")
    let z = Explanation.signed(explanation.attributions.logit)
    let regions = [(true, explanation.className), (false, explanation.otherName)].map { isFor, name in
      (name, explanation.regions(for: isFor))
    }
    return ["z for \(explanation.className): \(z) = \(sum)"]
      + regions.filter { !$0.1.isEmpty }.map { "most evidence for \($0.0): \($0.1.joined(separator: ", "))" }
      + [explanation.counterfactualSentence] + influence(explanation)
  }

  private func influence(_ explanation: Explanation) -> [String] {
    guard let influence = explanation.influence, let examples = learned?.dataset.examples else { return [] }
    let ways = [(true, explanation.className), (false, explanation.otherName)].flatMap { isFor, name -> [String] in
      let strongest = influence.strongest(Self.mostInfluences, for: isFor)
      guard !strongest.isEmpty else { return [] }
      let rows = strongest.map { row, value in
        ["    \(Explanation.signed(value))", classifier.classNames[examples[row].label], examples[row].file]
      }
      return ["training images with the most influence for \(name):"] + aligned(rows).map { String($0.dropFirst(2)) }
    }
    return [explanation.influenceSentence(among: examples.count)] + ways
  }

  struct Failure: Encodable {
    let file: String
    let error: String
  }
}

extension ExplainOutput {
  /// The JSON object for an explanation: the keys of the prediction, plus the explanation.
  fileprivate struct Object: Encodable {
    struct Pixels: Encodable {
      let `class`: String
      let logit: Double
      let constant: Double
      let positive: Double
      let negative: Double
      let remainder: Double
      let baseline: String
      let method: String
      let points: Int
      let regions: [String: Double]
      let width: Int
      let height: Int
      let pixels: [Double]
    }

    struct Change: Encodable {
      let `class`: String
      let probability: Double
      let largestChange: Int
      let rootMeanSquare: Double
    }

    /// The smallest hidden part that changes the answer.
    struct Hidden: Encodable {
      let `class`: String
      let probability: Double
      let hidden: Int
      let positions: Int
      let flipped: Bool
    }

    struct Pull: Encodable {
      let file: String
      let label: String
      let pull: Double
    }

    struct Recipe: Encodable {
      let constant: Double
      let common: Double
      let logit: Double
      let remainder: Double
      let pulls: [Pull]
    }

    enum Key: CodingKey {
      case file, seen, contributions, nudge, occlusion, recipe
    }

    let file: String
    /// The split in which the model has seen the image; null if it has not, or if it is unknown.
    let seen: Split?
    let prediction: NamedPrediction
    let contributions: Pixels
    let nudge: Change?
    let occlusion: Hidden?
    let recipe: Recipe?

    init(file: String, _ explanation: Explanation, seen: Split?, files: [Example]?) {
      let (names, sums) = (explanation.classNames, explanation.attributions)
      (self.file, self.seen) = (file, seen)
      prediction = NamedPrediction(explanation.prediction, classNames: names)
      contributions = Pixels(
        class: explanation.className, logit: sums.logit, constant: sums.constant, positive: sums.positive,
        negative: sums.negative, remainder: sums.remainder, baseline: sums.baseline.name, method: sums.method.rawValue,
        points: sums.points, regions: Dictionary(uniqueKeysWithValues: sums.regions.map { ($0.name, $0.sum) }),
        width: sums.size.width, height: sums.size.height, pixels: sums.map)
      nudge = explanation.counterfactual.map {
        Change(
          class: names[$0.prediction.label], probability: $0.prediction.probability, largestChange: $0.largestChange,
          rootMeanSquare: $0.rootMeanSquare)
      }
      occlusion = explanation.occlusion.map {
        Hidden(
          class: names[$0.prediction.label], probability: $0.prediction.probability, hidden: $0.hiddenCount,
          positions: $0.count, flipped: $0.isFlipped)
      }
      recipe = explanation.influence.map { influence in
        Recipe(
          constant: influence.constant, common: influence.common, logit: influence.logit,
          remainder: influence.remainder,
          pulls: zip(files ?? [], influence.representerValues).map {
            Pull(file: $0.file, label: names[$0.label], pull: $1)
          })
      }
    }

    func encode(to encoder: any Encoder) throws {
      try prediction.encode(to: encoder)
      var container = encoder.container(keyedBy: Key.self)
      try container.encode(file, forKey: .file)
      try container.encode(seen?.rawValue, forKey: .seen)
      try container.encode(contributions, forKey: .contributions)
      try container.encode(nudge, forKey: .nudge)
      try container.encodeIfPresent(occlusion, forKey: .occlusion)
      try container.encodeIfPresent(recipe, forKey: .recipe)
    }
  }
}

extension Split {
  /// A remark on the answer for an image of this split.
  var warning: String {
    let verb = self == .validation ? "validated" : "trained"
    return "The model was \(verb) on this image, so its probability says little about new images."
  }
}
