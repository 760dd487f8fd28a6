import Percept

extension ExploreReport {
  func duplicates(_ findings: Findings) -> [String] {
    let groups = findings.duplicates.groups
    let note = findings.duplicates.includesNear ? "" : " (only identical files; the images are too small for more)"
    guard !groups.isEmpty else { return ["duplicates: none\(note)"] }
    let copies = groups.reduce(0) { $0 + $1.images.count - 1 }
    let names = exploration.classNames
    let contradictions = findings.duplicates.contradictions
    var lines = ["duplicates: \(copies)\(note)"]
    lines += shortened(groups.filter { !$0.isContradictory }.map { $0.words(classNames: names) + $0.likeness.words })
    if !contradictions.isEmpty {
      lines.append("duplicates with contradictory labels: \(contradictions.count); check which label is correct")
      lines += shortened(contradictions.map { $0.words(classNames: names) + $0.likeness.words })
    }
    return lines
  }

  func leaks(_ findings: Findings) -> [String] {
    guard findings.splits.count > 1 else { return [] }
    guard !findings.leaks.isEmpty else { return ["leaks: none"] }
    var lines: [String] = []
    for (index, (split, dataset)) in findings.splits.enumerated() {
      let found = findings.leaks.filter { $0.split == split }
      guard !found.isEmpty else { continue }
      let summary = Leak.summary(found, of: dataset.count, after: findings.splits.prefix(index).map(\.split))
      lines.append("leaks: \(summary); the accuracy is overestimated (--drop-leaks)")
      lines += shortened(found.map(\.words))
    }
    return lines
  }

  /// The problems that concern whole classes: imbalance and shortcut features, one sentence each.
  var sentences: [String] {
    guard let findings else { return [] }
    let (names, counts) = (exploration.classNames, exploration.classCounts())
    var lines: [String] = []
    if let most = counts.max(), let least = counts.min(), least > 0, most >= 3 * least,
      let large = counts.firstIndex(of: most), let small = counts.firstIndex(of: least)
    {
      let score = Score(correct: 0, classCounts: counts, classNames: names)
      lines.append(
        "imbalance: class \"\(names[large])\" has \(most) images, class \"\(names[small])\" has \(least); "
          + "\(score.baseline); add images of \"\(names[small])\" or train with --class-weights balanced")
    }
    return lines + findings.shortcutFeatures.map { $0.sentence(classNames: names, extractor: findings.extractor) }
  }

  func outliers(_ findings: Findings) -> [String] {
    guard !findings.outliers.isEmpty else { return ["outliers: none"] }
    return Outlier.Kind.allCases.flatMap { kind -> [String] in
      let files = findings.outliers.filter { $0.kind == kind }.map(\.example.file)
      guard !files.isEmpty else { return [] }
      let count = "\(counted(files.count, "image")) \(files.count == 1 ? "is" : "are")"
      let (advice, flag) = (kind.advice(for: findings.extractor), kind.flag(for: findings.extractor))
      return ["outliers: \(count) \(advice)\(flag.map { " (\($0))" } ?? ""):"] + shortened(files)
    }
  }

  func labels(_ findings: Findings) -> [String] {
    guard let review = findings.review else {
      return ["doubtful labels: not reviewed: \(findings.unjudged ?? "there are no images")"]
    }
    guard review.wrongLabels != nil else {
      return ["\(review.sentence); see for yourself with --gallery or --write-labels"]
    }
    let contradicted = review.contradicted
    guard !contradicted.isEmpty else { return ["doubtful labels: none; \(review.judgesSentence)"] }
    let rows = contradicted.prefix(limit).map { doubt in
      [
        "  \(doubt.example.file)", review.classNames[doubt.example.label],
        "looks like \(review.classNames[doubt.suggestion])", doubt.suggestionProbability.fixed(4),
      ]
    }
    let rest = contradicted.count - rows.count
    return [
      "doubtful labels: \(review.sentence); \(review.judgesSentence)",
      "contradicted labels: \(contradicted.count), the most doubtful first; some are correct "
        + "(--write-labels, --gallery)",
    ] + aligned(rows) + (rest > 0 ? ["  … and \(rest) more (--limit, --json)"] : [])
  }
}

extension Outlier.Kind {
  /// The option of `train` that follows the advice, if there is one.
  fileprivate func flag(for extractor: FeatureExtractor) -> String? {
    switch self {
    case .elongated: "--fit pad"
    case .gray: extractor.backbone == nil ? "--color gray" : nil
    case .blank, .dark, .blurred, .tiny: nil
    }
  }
}

extension ShortcutFeature {
  /// The property that predicts the class, and what to do about it.
  func sentence(classNames: [String], extractor: FeatureExtractor) -> String {
    let (what, advice) =
      switch property {
      case .format: ("file format", "save all images in one format")
      case .color:
        (
          "color mode",
          "save all images in one color mode" + (extractor.backbone == nil ? ", or train with --color gray" : "")
        )
      case .size: ("image size", "save the images of all classes in the same sizes")
      }
    let share = zip(classNames, values).map { "\($0) \($1)" }.joined(separator: ", ")
    return
      "shortcut: the \(what) alone predicts the class of \(correct) of \(count) images (mostly \(share)); a model may "
      + "learn the \(what) instead of the content; \(advice)"
  }
}
