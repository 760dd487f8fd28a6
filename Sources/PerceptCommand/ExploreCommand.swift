import ArgumentParser
import Percept

struct ExploreCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "explore",
    abstract: "Say what a folder of pictures holds: classes, counts, sizes, files that cannot be read.",
    discussion: """
      EXAMPLES:
        percept explore faces/
        percept explore labels.csv --json
      """)

  @OptionGroup var data: DataOptions

  func run() throws {
    let source = try data.source()
    let exploration = try Exploration(source, progress: Terminal.counter("Opening pictures:", isQuiet: data.quiet))
    if data.json {
      try Terminal.print(json: ExploreOutput(exploration, path: data.path))
    } else {
      printText(exploration)
    }
    try data.report(exploration.skipped, of: exploration.pictures.count + exploration.skipped.count)
  }

  private func printText(_ exploration: Exploration) {
    let pictures = exploration.pictures
    Terminal.print(
      "\(data.path): \(counted(pictures.count, "picture")) in \(counted(exploration.classNames.count, "class"))")
    aligned(Self.countRows(exploration)).forEach(Terminal.print)
    guard !pictures.isEmpty else { return }
    let sizes = frequencies(pictures.map { $0.size.description })
    let shown = sizes.prefix(5).map { "\($0.value) (\($0.count))" }.joined(separator: ", ")
    Terminal.print("sizes: \(shown)" + (sizes.count > 5 ? ", and \(sizes.count - 5) others" : ""))
    if sizes.count > 1 {
      let (width, height) = (spread(pictures.map(\.size.width)), spread(pictures.map(\.size.height)))
      Terminal.print("width: \(width); height: \(height)")
    }
    Terminal.print("colours: \(listed(frequencies(pictures.map(\.color.rawValue))))")
    Terminal.print("formats: \(listed(frequencies(pictures.map(\.format))))")
    Terminal.print("unreadable: \(exploration.skipped.count)")
  }

  /// A row a class: its name, its count and, where the data is split, the count of each part.
  private static func countRows(_ exploration: Exploration) -> [[String]] {
    let parts = Part.allCases.filter { part in exploration.pictures.contains { $0.example.part == part } }
    let byPart = parts.map { ($0.rawValue, exploration.classCounts(in: $0)) }
    return zip(exploration.classNames, exploration.classCounts()).enumerated().map { label, row in
      ["  \(row.0)", "\(row.1)"] + byPart.map { "\($0.0) \($0.1[label])" }
    }
  }

  private func listed(_ frequencies: [(value: String, count: Int)]) -> String {
    frequencies.map { "\($0.value) \($0.count)" }.joined(separator: ", ")
  }

  private func spread(_ values: [Int]) -> String {
    let sorted = values.sorted()
    return "\(sorted[0]) to \(sorted[sorted.count - 1]), median \(sorted[sorted.count / 2])"
  }
}

/// How often each value occurs, most frequent first.
private func frequencies(_ values: [String]) -> [(value: String, count: Int)] {
  let counts = values.reduce(into: [String: Int]()) { $0[$1, default: 0] += 1 }
  return counts.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.map { ($0.key, $0.value) }
}

/// An exploration, for machines.
private struct ExploreOutput: Encodable {
  struct ClassCount: Encodable {
    let name: String
    let count: Int
    let parts: [String: Int]
  }

  struct Frequency: Encodable {
    let value: String
    let count: Int
  }

  let data: String
  let count: Int
  let classes: [ClassCount]
  let sizes: [Frequency]
  let colors: [Frequency]
  let formats: [Frequency]
  let skipped: [SkippedOutput]

  init(_ exploration: Exploration, path: String) {
    let pictures = exploration.pictures
    data = path
    count = pictures.count
    classes = zip(exploration.classNames, exploration.classCounts()).enumerated().map { label, row in
      let parts = Part.allCases.map { ($0.rawValue, exploration.classCounts(in: $0)[label]) }.filter { $0.1 > 0 }
      return ClassCount(name: row.0, count: row.1, parts: Dictionary(uniqueKeysWithValues: parts))
    }
    func output(_ values: [String]) -> [Frequency] {
      frequencies(values).map { Frequency(value: $0.value, count: $0.count) }
    }
    sizes = output(pictures.map { "\($0.size.width)x\($0.size.height)" })
    colors = output(pictures.map(\.color.rawValue))
    formats = output(pictures.map(\.format))
    skipped = exploration.skipped.map(SkippedOutput.init)
  }
}
