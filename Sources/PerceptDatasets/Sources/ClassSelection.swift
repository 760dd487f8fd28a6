/// The labels of the data that become classes, with the names and the order of the classes.
public struct ClassSelection: Sendable, Hashable {
  struct Entry: Sendable, Hashable {
    let label: String
    let name: String
  }

  let entries: [Entry]
  let modelClasses: [String]?

  /// Every label as a class of its own, in alphabetical order.
  public static let all = ClassSelection(entries: [], modelClasses: nil)

  /// Returns a selection of these labels, each a class of its own, in this order.
  public static func only(_ labels: [String]) -> ClassSelection {
    ClassSelection(entries: labels.map { Entry(label: $0, name: $0) }, modelClasses: nil)
  }

  /// Parses comma-separated labels, each optionally followed by `=` and a class name. Labels with the same class name
  /// are merged into one class.
  ///
  /// | text | effect |
  /// |---|---|
  /// | `male,female` | selects two labels and sets the order of the classes |
  /// | `1=trouser,3=dress` | also renames them |
  /// | `cat=pet,dog=pet,wolf=wild` | merges two labels into the class `pet` |
  /// | `"Pepper, bell",Potato` | selects a label that contains a comma |
  /// | `Pepper\, bell,Potato` | selects the same |
  ///
  /// - Parameter text: the selection. Spaces and tabs around labels and names are ignored. In double quotes, a label or
  ///   name may contain commas, equals signs, and blanks at its ends; a double quote is written twice. Without quotes,
  ///   a comma, equals sign, quote, blank, or backslash after a backslash is part of the label or name.
  /// - Throws: ``DatasetError/malformedSelection(text:problem:)`` if a label or name is empty, a label is repeated, or
  ///   a quote is not terminated.
  public init(_ text: String) throws {
    var entries: [Entry] = []
    var parser = ClassSelectionParser(text)
    repeat {
      let entry = try parser.entry()
      guard !entry.label.isEmpty, !entry.name.isEmpty else {
        throw DatasetError.malformedSelection(
          text: text, problem: "empty name; separate names with commas, such as male,female")
      }
      guard !entries.contains(where: { $0.label == entry.label }) else {
        throw DatasetError.malformedSelection(text: text, problem: "\"\(entry.label)\" occurs twice")
      }
      entries.append(entry)
    } while parser.skip(",")
    self.init(entries: entries, modelClasses: nil)
  }

  /// Returns a label or name as ``init(_:)`` reads it: in quotes if it would be read differently without.
  package static func quoted(_ name: String) -> String {
    let isPlain = !name.unicodeScalars.contains { ",=\"\\".unicodeScalars.contains($0) } && trimmed(name) == name
    return isPlain ? name : CSV.inQuotes(name)
  }

  /// Whether the selection or, without one, the model has a class for a label.
  func selects(_ label: String) -> Bool {
    entries.isEmpty ? modelClasses?.contains(label) ?? false : entries.contains { $0.label == label }
  }

  /// Returns the same selection with the classes of a model, in its order. The data may lack classes of the model, but
  /// no selected label may have a class that the model lacks.
  ///
  /// - Parameter modelClasses: the class names of the model.
  /// - Returns: a selection with the same labels and names.
  public func aligned(to modelClasses: [String]) -> ClassSelection {
    ClassSelection(entries: entries, modelClasses: modelClasses)
  }

  private init(entries: [Entry], modelClasses: [String]?) {
    self.entries = entries
    self.modelClasses = modelClasses
  }

  /// Returns the class names in order, and the index of each selected label's class. Throws ``DatasetError`` if the
  /// data lacks a selected label, or the model lacks a class.
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

/// Returns `text` without leading and trailing spaces, tabs, and carriage returns.
func trimmed(_ text: String) -> String {
  var rest = text.unicodeScalars[...]
  while let last = rest.last, last.isBlank { rest.removeLast() }
  return String(rest.drop { $0.isBlank })
}

extension Unicode.Scalar {
  /// Whether this is a space, a tab, or a carriage return.
  var isBlank: Bool { self == " " || self == "\t" || self == "\r" }
}
