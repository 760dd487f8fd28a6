import Percept

struct ExploreOutput: Encodable {
  struct ClassCount: Encodable {
    let name: String
    let count: Int
    let parts: [String: Int]
  }

  struct Frequency: Encodable {
    let value: String
    let count: Int
  }

  struct Same: Encodable {
    let files: [String]
    let labels: [String]
    let likeness: String
    let contradictory: Bool
  }

  struct Odd: Encodable {
    let file: String
    let kind: String
  }

  struct Doubt: Encodable {
    let file: String
    let label: String
    let probability: Double
    let suggestion: String
    let suggestionProbability: Double
  }

  let data: String
  let count: Int
  let classes: [ClassCount]
  let sizes: [Frequency]
  let colors: [Frequency]
  let formats: [Frequency]
  let skipped: [SkippedOutput]
  let duplicates: [Same]
  let leaks: [LeakOutput]
  let oddities: [Odd]
  let notes: [String]
  /// All labels, the most doubtful first; nil if they could not be reviewed.
  let labels: [Doubt]?

  init(_ report: ExploreReport) {
    let (exploration, findings) = (report.exploration, report.findings)
    let images = exploration.images
    data = report.path
    count = images.count
    classes = zip(exploration.classNames, exploration.classCounts()).enumerated().map { label, row in
      let splits = Split.allCases.map { ($0.rawValue, exploration.classCounts(in: $0)[label]) }.filter { $0.1 > 0 }
      return ClassCount(name: row.0, count: row.1, parts: Dictionary(uniqueKeysWithValues: splits))
    }
    func output(_ values: [String]) -> [Frequency] {
      frequencies(values).map { Frequency(value: $0.value, count: $0.count) }
    }
    sizes = output(images.map { "\($0.size.width)x\($0.size.height)" })
    colors = output(images.map(\.color.rawValue))
    formats = output(images.map(\.format))
    skipped = exploration.skipped.map(SkippedOutput.init)
    let names = exploration.classNames
    duplicates = (findings?.duplicates.groups ?? []).map { group in
      Same(
        files: group.images.map(\.example.file), labels: group.images.map { names[$0.example.label] },
        likeness: group.likeness.rawValue, contradictory: group.isContradictory)
    }
    leaks = (findings?.leaks ?? []).map(LeakOutput.init)
    oddities = (findings?.outliers ?? []).map { Odd(file: $0.example.file, kind: $0.kind.rawValue) }
    notes = report.sentences
    labels = findings?.review?.doubts.map { doubt in
      Doubt(
        file: doubt.example.file, label: names[doubt.example.label], probability: doubt.probability,
        suggestion: names[doubt.suggestion], suggestionProbability: doubt.suggestionProbability)
    }
  }
}
