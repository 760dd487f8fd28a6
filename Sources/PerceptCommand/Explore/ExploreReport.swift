import Percept

struct ExploreReport {
  let exploration: Exploration
  let findings: Findings?
  let path: String
  /// The maximum length of each list.
  let limit: Int

  init(_ exploration: Exploration, _ findings: Findings?, path: String, limit: Int) {
    (self.exploration, self.findings, self.path, self.limit) = (exploration, findings, path, limit)
  }

  var lines: [String] {
    contents
      + (findings.map { duplicates($0) + leaks($0) + sentences + outliers($0) + labels($0) } ?? [])
  }

  private var contents: [String] {
    let images = exploration.images
    // Scripts match "N pictures in M classes" in the first line, so "pictures" stays there.
    let first =
      "\(path): \(counted(images.count, "picture")) in \(counted(exploration.classNames.count, "class"))"
    var lines = [first] + aligned(countRows)
    guard !images.isEmpty else { return lines }
    let sizes = frequencies(images.map { $0.size.description })
    let shown = sizes.prefix(5).map { "\($0.value) (\($0.count))" }.joined(separator: ", ")
    lines.append("sizes: \(shown)" + (sizes.count > 5 ? ", and \(sizes.count - 5) others" : ""))
    if sizes.count > 1 {
      let (width, height) = (spread(images.map(\.size.width)), spread(images.map(\.size.height)))
      lines.append("width: \(width); height: \(height)")
    }
    lines.append("colors: \(listed(frequencies(images.map(\.color.rawValue))))")
    lines.append("formats: \(listed(frequencies(images.map(\.format))))")
    lines.append("unreadable: \(exploration.skipped.count)")
    return lines
  }

  /// One row per class: its name, its count and, if the data is split, the count in each split.
  private var countRows: [[String]] {
    let splits = Split.allCases.filter { split in exploration.images.contains { $0.example.split == split } }
    let bySplit = splits.map { ($0.rawValue, exploration.classCounts(in: $0)) }
    return zip(exploration.classNames, exploration.classCounts()).enumerated().map { label, row in
      ["  \(row.0)", "\(row.1)"] + bySplit.map { "\($0.0) \($0.1[label])" }
    }
  }

  private func listed(_ frequencies: [(value: String, count: Int)]) -> String {
    frequencies.map { "\($0.value) \($0.count)" }.joined(separator: ", ")
  }

  private func spread(_ values: [Int]) -> String {
    let sorted = values.sorted()
    return "\(sorted[0]) to \(sorted[sorted.count - 1]), median \(sorted[sorted.count / 2])"
  }

  /// Returns the first ``limit`` lines, indented, and a line with the number of the others, if any.
  func shortened(_ lines: [String]) -> [String] {
    lines.prefix(limit).map { "  \($0)" }
      + (lines.count > limit ? ["  … and \(lines.count - limit) more (--limit, --json)"] : [])
  }
}

/// Returns the distinct values and how often each occurs, in descending order of frequency.
func frequencies(_ values: [String]) -> [(value: String, count: Int)] {
  let counts = values.reduce(into: [String: Int]()) { $0[$1, default: 0] += 1 }
  return counts.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.map { ($0.key, $0.value) }
}
