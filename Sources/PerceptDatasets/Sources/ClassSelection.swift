/// Which of the data's labels become classes, under which names and in which order.
public struct ClassSelection: Sendable, Hashable {
  /// A label as the data has it, and the name its class gets.
  struct Entry: Sendable, Hashable {
    let label: String
    let name: String
  }

  let entries: [Entry]
  let modelClasses: [String]?

  /// Every label is a class of its own; the order is alphabetical.
  public static let all = ClassSelection(entries: [], modelClasses: nil)

  /// These labels, each a class, in this order.
  public static func only(_ labels: [String]) -> ClassSelection {
    ClassSelection(entries: labels.map { Entry(label: $0, name: $0) }, modelClasses: nil)
  }

  /// What `text` says: labels with commas between them, each with a name of its own where one is given. Labels of one
  /// name become one class.
  ///
  /// `male,female` picks and orders; `1=trouser,3=dress` renames as well; `cat=pet,dog=pet,wolf=wild` merges.
  ///
  /// - Parameter text: the labels.
  /// - Throws: ``DatasetError`` for an empty or repeated label.
  public init(_ text: String) throws {
    var entries: [Entry] = []
    for item in text.split(separator: ",", omittingEmptySubsequences: false) {
      let sides = item.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(trimmed)
      guard let label = sides.first, let name = sides.last, !label.isEmpty, !name.isEmpty else {
        throw DatasetError.malformedSelection(
          text: text, problem: "a name is missing; write names with commas between them, such as male,female")
      }
      guard !entries.contains(where: { $0.label == label }) else {
        throw DatasetError.malformedSelection(text: text, problem: "\"\(label)\" stands there twice")
      }
      entries.append(Entry(label: label, name: name))
    }
    self.init(entries: entries, modelClasses: nil)
  }

  /// The same labels and names, numbered as a model numbers its classes. Data that lacks one of them is fine; data that
  /// has another is not, unless the selection leaves it out.
  public func aligned(to modelClasses: [String]) -> ClassSelection {
    ClassSelection(entries: entries, modelClasses: modelClasses)
  }

  private init(entries: [Entry], modelClasses: [String]?) {
    self.entries = entries
    self.modelClasses = modelClasses
  }

  /// The names of the classes and which of them each label is.
  ///
  /// - Parameter labels: the labels that the data has.
  /// - Returns: the names in order, and the index of each label's name.
  /// - Throws: ``DatasetError`` for a label that the data lacks or a name that the model lacks.
  func resolve(_ labels: Set<String>) throws -> (names: [String], index: [String: Int]) {
    let available = labels.sorted()
    for entry in entries where !labels.contains(entry.label) {
      throw DatasetError.unknownClass(name: entry.label, available: available)
    }
    let chosen = entries.isEmpty ? available.map { Entry(label: $0, name: $0) } : entries
    var names = modelClasses ?? []
    var index: [String: Int] = [:]
    for entry in chosen {
      if !names.contains(entry.name) {
        if let modelClasses { throw DatasetError.classUnknownToModel(name: entry.name, known: modelClasses) }
        names.append(entry.name)
      }
      index[entry.label] = names.firstIndex(of: entry.name)
    }
    return (names, index)
  }
}

/// `text` without the spaces and tabs around it.
func trimmed(_ text: some StringProtocol) -> String {
  let isBlank: (Character) -> Bool = { $0 == " " || $0 == "\t" || $0 == "\r" }
  let rest = text.drop(while: isBlank)
  return String(String(rest).reversed().drop(while: isBlank).reversed())
}
