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

  /// The result of the label review.
  struct Review: Encodable {
    struct WrongLabels: Encodable {
      let count: Int
      /// The lower and upper bound of the 95 % interval.
      let interval: [Int]
    }

    enum Key: CodingKey {
      case judges, contradicted, wrongLabels
    }

    let review: LabelReview

    /// Encodes how often the judges are right, and the number of labels that they contradict and of wrong labels; null
    /// if labels cannot be judged.
    func encode(to encoder: any Encoder) throws {
      let wrong = review.wrongLabels.map { estimate in
        WrongLabels(count: estimate.count, interval: [estimate.interval.lowerBound, estimate.interval.upperBound])
      }
      let contradicted: Int? = wrong == nil ? nil : review.contradicted.count
      var container = encoder.container(keyedBy: Key.self)
      try container.encode(ScoreOutput(review.score), forKey: .judges)
      try container.encode(contradicted, forKey: .contradicted)
      try container.encode(wrong, forKey: .wrongLabels)
    }
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
  /// The result of the label review; nil if labels could not be reviewed.
  let labelReview: Review?
  /// All labels, the most doubtful first; nil if labels cannot be judged or could not be reviewed.
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
    let review = findings?.review
    labelReview = review.map(Review.init)
    labels =
      review?.wrongLabels == nil
      ? nil
      : review?.doubts.map { doubt in
        Doubt(
          file: doubt.example.file, label: names[doubt.example.label], probability: doubt.probability,
          suggestion: names[doubt.suggestion], suggestionProbability: doubt.suggestionProbability)
      }
  }
}
