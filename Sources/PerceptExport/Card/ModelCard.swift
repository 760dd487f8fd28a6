import PerceptDatasets
import PerceptFeatures
import PerceptFigures
import PerceptIO
import PerceptImages
import PerceptLinearAlgebra
public import PerceptModels

extension Classifier {
  /// Returns a model card (Mitchell et al., 2019) in Markdown, with the front matter that the Hugging Face hub reads. It is
  /// derived from the record in the model file alone, and says what the record does not contain.
  ///
  /// - Parameter name: the name of the model, such as that of its file.
  /// - Returns: the text of the card. Equal classifiers have equal cards.
  public func modelCard(named name: String) -> String { ModelCard(classifier: self, name: name).text }
}

/// A model card of a classifier.
struct ModelCard {
  let classifier: Classifier
  let name: String

  var text: String {
    let sections = [
      ("Results", results), ("Data", data), ("Preprocessing", preprocessing), ("Training", training),
      ("Limits", limits), ("Classes of people", people), ("Not in the record", gaps),
    ]
    let body = sections.filter { !$0.1.isEmpty }.map { "## \($0.0)\n\n\($0.1)\n" }
    return "\(frontMatter)\n# \(Markdown.escaped(name))\n\n\(summary)\n\n\(body.joined(separator: "\n"))"
  }

  private var record: TrainingRecord { classifier.record }

  private var summary: String {
    let names = classifier.classNames.map(Markdown.code)
    return "An image classifier with \(names.count) classes, trained with Percept: \(names.joined(separator: ", ")). "
      + Markdown.escaped(classifier.task)
  }
}

// MARK: - Front matter

extension ModelCard {
  /// The metadata for the hub, in YAML, with the results on unseen images only.
  private var frontMatter: String {
    var lines = [
      "---", "library_name: percept", "pipeline_tag: image-classification", "tags:", "- image-classification",
      "- percept",
    ]
    if case .backbone(let backbone) = classifier.preprocessing.extractor {
      lines.append("- \(Markdown.quoted(backbone.name))")
    }
    let results = record.unseenScores
    if !results.isEmpty {
      lines += ["metrics:", "- accuracy", "model-index:", "- name: \(Markdown.quoted(name))", "  results:"]
      for result in results { lines += Self.lines(of: result.score, on: result.split) }
    }
    return (lines + ["---", ""]).joined(separator: "\n")
  }

  /// The record has no name of the dataset, which the hub requires.
  private static func lines(of score: Score, on split: String) -> [String] {
    [
      "  - task:", "      type: image-classification", "    dataset:", "      name: not in the record",
      "      type: image-folder", "      split: \(Markdown.quoted(split))", "    metrics:", "    - type: accuracy",
      "      value: \(score.accuracy)",
    ]
  }
}

// MARK: - Results and data

extension TrainingRecord {
  /// The scores on splits that the weights were neither trained nor selected on, by the name of the split.
  var unseenScores: [(split: String, score: Score)] {
    let selected = configuration.earlyStopping == nil ? [] : [Split.validation]
    return sortedScores.filter { score in !([.training] + selected).contains { $0.rawValue == score.split } }
  }

  /// The scores, that on the training split first.
  fileprivate var sortedScores: [(split: String, score: Score)] {
    let training = Split.training.rawValue
    let others = scores.filter { $0.key != training }.sorted { $0.key < $1.key }
    return (scores[training].map { [(training, $0)] } ?? []) + others.map { ($0.key, $0.value) }
  }
}

extension ModelCard {
  private var scores: [(split: String, score: Score)] { record.sortedScores }

  private var results: String {
    guard !scores.isEmpty else { return "The record contains no results: the accuracy is unknown." }
    let rows = scores.map { split, score in
      let interval = Proportion(score.correct, of: score.count).interval
      let ends = "\(Ticks.percent(interval.lowerBound)) to \(Ticks.percent(interval.upperBound))"
      return [
        Markdown.escaped(split), "\(grouped(score.correct)) of \(grouped(score.count))", Ticks.percent(score.accuracy),
        split == Split.training.rawValue ? "not meaningful" : ends,
        "\(Ticks.percent(score.majority)) (\(Markdown.escaped(score.majorityClass)))",
      ]
    }
    let table = Markdown.table(
      ["Split", "Correct", "Accuracy", "95 % interval", "Always the most frequent class"], rows)
    var notes = [
      "The interval is Wilson's score interval. It covers chance in the choice of the images, and no difference "
        + "between these images and others."
    ]
    if scores.contains(where: { $0.split == Split.training.rawValue }) {
      notes.append("The accuracy on the training split says nothing about other images.")
    }
    if record.configuration.earlyStopping != nil {
      notes.append("The weights were selected on the validation split, so the accuracy on it is optimistic.")
    }
    return table + "\n\n" + notes.joined(separator: " ")
  }

  private var data: String {
    var lines = scores.map { split, score in
      "- \(Markdown.escaped(split)): \(grouped(score.count)) images, \(grouped(score.majorityCount)) of them "
        + "\(Markdown.escaped(score.majorityClass)), the most frequent class"
    }
    if let seen = classifier.seen {
      let validation = seen.validation.isEmpty ? "" : " and \(grouped(seen.validation.count)) validation images"
      lines.append(
        "- The file contains keys of \(grouped(seen.training.count)) training images\(validation). With an image, anyone "
          + "can test whether it is one of them.")
    }
    if let draw = record.draw {
      let groups = draw.groups.map { "; images with the same match of \(Markdown.code($0)) stay in one split" } ?? ""
      lines.append(
        "- The test split is a random \(Ticks.percent(draw.testFraction)) of each class (seed \(draw.seed)\(groups)).")
    }
    return lines.joined(separator: "\n")
  }
}

// MARK: - Model

extension ModelCard {
  private var preprocessing: String {
    let preprocessing = classifier.preprocessing
    let fit =
      switch preprocessing.fit {
      case .crop: "cropped to the center"
      case .pad: "padded with black"
      case .stretch: "stretched"
      }
    var lines = [
      "- Images are turned upright, \(fit), and resized to \(preprocessing.pixels) with an antialiased bilinear filter.",
      "- Features: \(Markdown.escaped(preprocessing.extractor.name)), \(counted(preprocessing.featureCount, "number")) "
        + "for each image.",
    ]
    if let backbone = preprocessing.extractor.backbone {
      lines += [
        "- SHA-256 digest of the pretrained network: \(backbone.digest)",
        "- License of the pretrained network: \(Markdown.escaped(backbone.license ?? "not in the file"))",
        "- Source of the pretrained network: \(Markdown.escaped(backbone.source ?? "not in the file"))",
      ]
    }
    return lines.joined(separator: "\n")
  }

  private var training: String {
    let layers = classifier.network.layers
    var rows = [
      ["units", layers.map { "\($0.bias.count)" }.joined(separator: ", ")],
      ["activations", layers.map(\.activation.rawValue).joined(separator: ", ")],
      ["temperature", "\(classifier.temperature)"],
    ]
    guard !record.costs.isEmpty else {
      return Markdown.table(["Model", "Value"], rows) + "\n\nThe record contains no costs of a training."
    }
    var options = record.configuration.options
    if record.configuration.effectiveMomentum == nil { options["momentum"] = nil }
    rows += options.sorted { $0.key < $1.key }.map { [$0.key, "\($0.value)"] }
    rows.append(["learning rate used", "\(record.learningRate)"])
    if let last = record.costs.last {
      rows.append([
        "recorded costs", "\(record.costs.count), the last \(Ticks.label(Ticks.significant(last, digits: 4)))",
      ])
    }
    return Markdown.table(["Option", "Value"], rows.map { $0.map(Markdown.escaped) })
  }
}

// MARK: - Limits

extension ModelCard {
  private var limits: String {
    let preprocessing = classifier.preprocessing
    var lines = [
      "- Every image gets one of the \(classifier.classNames.count) classes, also one that shows none of them."
    ]
    if !scores.isEmpty {
      lines.append(
        "- The results apply to images like those of the splits above: the same cameras, places, times and selection.")
    }
    if preprocessing.fit == .crop {
      lines.append("- What lies outside of the center of an image is not used.")
    }
    if preprocessing.extractor == .pixels {
      lines.append("- Features are pixels, so objects must have the same place and size as in the training images.")
    }
    if let backbone = preprocessing.extractor.backbone {
      lines.append(
        "- The features come from \(Markdown.escaped(backbone.name)). Errors and biases of its training data remain; if test "
          + "images occur in that data, the accuracy is optimistic.")
    }
    if classifier.temperature == 1 { lines.append("- The probabilities are not calibrated.") }
    return lines.joined(separator: "\n")
  }

  private var people: String {
    let found = classifier.classNames.filter(PeopleWords.occur)
    guard !found.isEmpty else { return "" }
    return """
      The names of these classes are words for people: \(found.map(Markdown.escaped).joined(separator: ", ")). If the images show \
      people, do not use this model

      - to identify, monitor or track people
      - for decisions about people, such as in employment, education, credit, insurance, housing, health, policing or migration
      - to infer sensitive attributes of a person, such as gender identity, ethnicity, health, emotion or character

      The model learned how images of the training data were labeled, not what a person is or feels. The record does not contain \
      the accuracy for groups of people.
      """
  }

  private var gaps: String {
    var missing = [
      "the license of the model and of the images", "the origin of the images, and the consent of people in them",
      "who labeled the images, and how", "the intended use", "results for each class or for groups of images",
      "whether copies of training images are in the test split",
    ]
    if classifier.seen == nil { missing.append("which images the model has seen") }
    if record.draw == nil { missing.append("how the splits were made") }
    return missing.map { "- \($0)" }.joined(separator: "\n")
  }
}
