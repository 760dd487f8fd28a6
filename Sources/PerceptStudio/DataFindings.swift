import PerceptDataQuality
import PerceptDatasets
import PerceptFeatures
import PerceptFigures
import PerceptIO
import PerceptImages
import PerceptModels

/// The images that a person should look at: doubtful labels, copies, leaks and outliers, the most doubtful first.
struct DataFindings: Sendable {
  enum Kind: String, CaseIterable {
    case labels = "Doubtful labels"
    case copies = "Duplicates"
    case leaks = "Leaks"
    case outliers = "Outliers"

    /// What the images of this kind are, and what to do with them.
    var explanation: String {
      switch self {
      case .labels:
        "Neurons that were not trained on these photos contradict their labels, the most doubtful first. Neurons err, too: "
          + "decide by looking at the photo."
      case .copies: "Each photo is a copy of another one. Leave one of them out."
      case .leaks:
        "Each test photo also occurs in the training data, so the accuracy on it says nothing about new photos. Leave it out."
      case .outliers: "These photos differ from the others in a way that is rarely intended."
      }
    }
  }

  struct Item: Sendable {
    /// The row of the image in the data.
    let row: Int
    /// What is remarkable.
    let words: String
    /// The index of the class that the label should be changed to, if there is a suggestion.
    var suggestion: Int?
    /// The row of the image that it matches, if any.
    var other: Int?
  }

  /// Longer lists are for `percept explore`.
  static let mostShown = 60

  private let dataset: Dataset
  let items: [Kind: [Item]]
  /// The estimated number of wrong labels, or why labels cannot be judged.
  private let review: String

  /// Examines a dataset, and its splits for leaks. Throws errors of reading, and `TrainingError`.
  init(_ dataset: Dataset, _ source: DataSource, _ splits: DatasetSplits, seed: UInt64) throws {
    self.dataset = dataset
    let rows = Dictionary(dataset.examples.enumerated().map { ($1.file, $0) }) { first, _ in first }
    let all = Duplicates(in: dataset)
    var items: [Kind: [Item]] = [:]
    do {
      let review = try LabelReview(dataset, groupedBy: all.group(), seed: seed)
      self.review = Self.sentence(
        review.sentence, isConclusive: review.wrongLabels != nil && !review.contradicted.isEmpty)
      items[.labels] = review.contradicted.compactMap { doubt in
        rows[doubt.example.file].map {
          Item(
            row: $0,
            words: "neurons say \(dataset.classNames[doubt.suggestion]), \(Ticks.percent(doubt.suggestionProbability))",
            suggestion: doubt.suggestion)
        }
      }
    } catch let error as DatasetError {
      review = Self.sentence("labels cannot be judged here: \(error)", isConclusive: true)
    }
    items[.copies] = all.groups.sorted { $0.isContradictory && !$1.isContradictory }.flatMap { group in
      group.images.dropFirst().map { image in
        let label = group.images[0].example.label
        return Item(
          row: image.row,
          words: group.isContradictory && label != image.example.label
            ? "copy with the label \(dataset.classNames[label])" : "copy",
          suggestion: label == image.example.label ? nil : label, other: group.images[0].row)
      }
    }
    let parts = splits.inOrder
    let leaks = Leak.all(between: parts, duplicates: Duplicates(among: parts.map(\.dataset)))
    items[.leaks] = leaks.compactMap { leak in
      rows[leak.example.file].map {
        Item(row: $0, words: "\(leak.split.adjective) photo, also in training", other: rows[leak.other.file])
      }
    }
    let exploration = try Exploration(source)
    items[.outliers] = Outlier.all(in: exploration.images, of: dataset).compactMap { outlier in
      rows[outlier.example.file].map { Item(row: $0, words: outlier.kind.rawValue) }
    }
    self.items = items
  }

  /// What the neurons know about the labels, with a warning if that is little.
  private static func sentence(_ review: String, isConclusive: Bool) -> String {
    review.prefix(1).uppercased() + review.dropFirst()
      + (isConclusive ? "." : ". So this order says little about the labels.")
  }

  /// The gallery. `corrections` is nil if the page must not write any.
  func html(_ corrections: Corrections?) -> String {
    let groups = Kind.allCases.map { kind -> String in
      let found = items[kind] ?? []
      let shown = found.prefix(Self.mostShown)
      let more = found.count > shown.count ? " The first \(shown.count) are shown." : ""
      let estimate = kind == .labels ? " " + review : ""
      let words = found.isEmpty ? "None found.\(estimate)" : kind.explanation + estimate + more
      let cards = shown.map { card($0, corrections) }.joined()
      return "<h3>\(kind.rawValue) (\(found.count))</h3>" + Page.paragraph(words)
        + (cards.isEmpty ? "" : "<ul class=\"findings\">\(cards)</ul>")
    }
    return groups.joined(separator: "\n")
  }

  private func card(_ item: Item, _ corrections: Corrections?) -> String {
    let example = dataset.examples[item.row]
    let name = escaped(dataset.classNames[example.label])
    let file = shortName(example.file)
    let size = dataset.images.preprocessing.size
    func picture(_ row: Int, _ alt: String) -> String {
      "<img src=\"\(escaped("photo.png?row=\(row)&\(dataset.preprocessing.query)"))\" alt=\"\(escaped(alt))\" "
        + "width=\"\(size.width)\" height=\"\(size.height)\" loading=\"lazy\">"
    }
    let other =
      item.other.map { picture($0, "The photo that it matches, \(shortName(dataset.examples[$0].file))") } ?? ""
    return "<li class=\"finding\" data-row=\"\(item.row)\" data-label=\"\(example.label)\">"
      + "<button type=\"button\" class=\"photo pair\" data-row=\"\(item.row)\" "
      + "aria-label=\"\(escaped("Ask about \(file), labeled \(dataset.classNames[example.label])"))\">"
      + "\(picture(item.row, "\(dataset.classNames[example.label]) photo, \(file)"))\(other)</button>"
      + "<p><b>\(name)</b>: \(escaped(item.words))<small title=\"\(escaped(example.file))\">\(escaped(file))</small></p>"
      + (corrections == nil ? "" : choices(item, example)) + "</li>"
  }

  private func choices(_ item: Item, _ example: Example) -> String {
    let others = dataset.classNames.indices.filter { $0 != example.label }
    let chosen = item.suggestion ?? others[0]
    let options = others.map {
      "<option value=\"\($0)\"\($0 == chosen ? " selected" : "")>\(escaped(dataset.classNames[$0]))</option>"
    }
    let button = { (decision: LabelDecision, words: String) in
      "<button type=\"button\" data-decision=\"\(decision.rawValue)\" aria-pressed=\"false\">\(words)</button>"
    }
    let select =
      others.count == 1
      ? "<input type=\"hidden\" value=\"\(chosen)\">"
      : "<select aria-label=\"Right class of \(escaped(shortName(example.file)))\">\(options.joined())</select>"
    let relabel = others.count == 1 ? "It is \(escaped(dataset.classNames[chosen]))" : "Relabel"
    return
      "<div class=\"decisions\">\(select)\(button(.relabel, relabel))\(button(.leaveOut, "Leave out"))\(button(.keep, "Keep"))</div>"
  }

  /// The decisions about the images, by row, for the script of the page.
  func decisions(_ corrections: Corrections) -> [String: DecisionOutput] {
    var made: [String: DecisionOutput] = [:]
    for (row, example) in dataset.examples.enumerated() {
      made["\(row)"] = corrections.decisions[example.file].map {
        DecisionOutput(decision: $0.name.rawValue, label: $0.label)
      }
    }
    return made
  }
}

struct DecisionOutput: Encodable {
  let decision: String
  let label: Int?
}
