import Percept

extension ExploreReport {
  /// The same pictures, and those of them whose labels contradict each other.
  func duplicates(_ findings: Findings) -> [String] {
    let groups = findings.duplicates.groups
    let note = findings.duplicates.includesNear ? "" : " (only the same files; the pictures are too small for more)"
    guard !groups.isEmpty else { return ["duplicates: none\(note)"] }
    let copies = groups.reduce(0) { $0 + $1.images.count - 1 }
    let names = exploration.classNames
    let contradictions = findings.duplicates.contradictions
    var lines = ["duplicates: \(copies)\(note)"]
    lines += shortened(groups.filter { !$0.isContradictory }.map { $0.words(classNames: names) + $0.likeness.words })
    if !contradictions.isEmpty {
      lines.append("duplicates with contradictory labels: \(contradictions.count); find out which label is right")
      lines += shortened(contradictions.map { $0.words(classNames: names) + $0.likeness.words })
    }
    return lines
  }

  /// What judges although it is learned from, where the data is split.
  func leaks(_ findings: Findings) -> [String] {
    guard findings.splits.count > 1 else { return [] }
    guard !findings.leaks.isEmpty else { return ["leaks: none"] }
    var lines: [String] = []
    for (split, dataset) in findings.splits {
      let found = findings.leaks.filter { $0.split == split }
      guard !found.isEmpty else { continue }
      lines.append(
        "leaks: \(found.count) of \(counted(dataset.count, "\(split.rawValue) picture")) should not judge (--drop-leaks)"
      )
      lines += shortened(found.map(\.words))
    }
    return lines
  }

  /// What concerns all pictures, in a sentence each.
  var sentences: [String] {
    guard let findings else { return [] }
    let (names, counts) = (exploration.classNames, exploration.classCounts())
    var lines: [String] = []
    if let most = counts.max(), let least = counts.min(), least > 0, most >= 3 * least,
      let large = counts.firstIndex(of: most), let small = counts.firstIndex(of: least)
    {
      let score = Score(correct: 0, classCounts: counts, classNames: names)
      lines.append(
        "imbalance: \"\(names[large])\" has \(most) pictures and \"\(names[small])\" \(least); \(score.baseline); add pictures "
          + "of \"\(names[small])\" or train with --class-weights balanced")
    }
    return lines + findings.shortcutFeatures.map { $0.sentence(classNames: names) }
  }

  /// The odd pictures, kind by kind.
  func outliers(_ findings: Findings) -> [String] {
    guard !findings.outliers.isEmpty else { return ["oddities: none"] }
    return Outlier.Kind.allCases.flatMap { kind -> [String] in
      let files = findings.outliers.filter { $0.kind == kind }.map(\.example.file)
      guard !files.isEmpty else { return [] }
      return ["oddities: \(counted(files.count, "picture")) \(files.count == 1 ? "is" : "are") \(kind.advice):"]
        + shortened(files)
    }
  }

  /// The labels that are the most doubtful.
  func labels(_ findings: Findings) -> [String] {
    guard let review = findings.review else {
      return ["doubtful labels: not judged: \(findings.unjudged ?? "no picture")"]
    }
    let contradicted = review.contradicted
    guard !contradicted.isEmpty else { return ["doubtful labels: none"] }
    let rows = contradicted.prefix(limit).map { doubt in
      [
        "  \(doubt.example.file)", review.classNames[doubt.example.label],
        "looks like \(review.classNames[doubt.suggestion])", doubt.suggestionProbability.fixed(4),
      ]
    }
    let rest = contradicted.count - rows.count
    return [
      "doubtful labels: \(contradicted.count), the most doubtful first; some are only hard (--write-labels, --gallery)"
    ] + aligned(rows) + (rest > 0 ? ["  … and \(rest) more (--limit, --json)"] : [])
  }
}

extension ShortcutFeature {
  /// What tells the classes apart and what to do about it.
  func sentence(classNames: [String]) -> String {
    let (what, advice) =
      switch property {
      case .format: ("file format", "save all pictures in one format")
      case .color: ("mode, colour or gray,", "save all pictures in one mode, or train with --color gray")
      case .size: ("size of the picture", "take or shrink the pictures of all classes alike")
      }
    let share = zip(classNames, values).map { "\($0) \($1)" }.joined(separator: ", ")
    return
      "shortcut: the \(what) alone tells the classes of \(correct) of \(count) pictures (mostly \(share)); a model may learn "
      + "that instead of what they show; \(advice)"
  }
}
