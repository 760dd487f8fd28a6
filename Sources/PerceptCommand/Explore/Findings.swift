import Percept

/// What is wrong with data, or may be.
struct Findings {
  let dataset: Dataset
  let duplicates: Duplicates
  /// The parts that the data itself names, in the order in which they are used; none where it is not split.
  let parts: [(part: Part, dataset: Dataset)]
  let leaks: [Leak]
  let oddities: [Oddity]
  let tellTales: [TellTale]
  /// How much the labels can be trusted; nil where nobody can say.
  let review: LabelReview?
  /// Why there is no review.
  let unjudged: String?

  init(
    _ exploration: Exploration, _ dataset: Dataset, groupedBy group: ((Example) -> String)?, seed: UInt64,
    progress: ((Int, Int) -> Void)?
  ) throws {
    self.dataset = dataset
    parts = [Part.training, .validation, .test].compactMap { part in dataset.part(part).map { (part, $0) } }
    duplicates = Duplicates(among: parts.isEmpty ? [dataset] : parts.map(\.dataset))
    leaks = Leak.all(between: parts, duplicates: duplicates, groupedBy: group)
    oddities = Oddity.all(in: exploration.pictures, features: dataset)
    tellTales = TellTale.all(in: exploration)
    // Copies of a picture would vouch for its label, whatever it is.
    let together = duplicates.group(joining: group)
    do {
      (review, unjudged) = (try LabelReview(dataset, groupedBy: together, seed: seed, progress: progress), nil)
    } catch let error as DatasetError {
      (review, unjudged) = (nil, "\(error)")
    }
  }
}

extension LabelReview {
  /// Writes all pictures with their labels as a CSV file, the most doubtful first.
  ///
  /// - Throws: `FileError` when it cannot be written.
  func write(to path: String, replacing: Bool) throws {
    let isSplit = doubts.contains { $0.example.part != nil }
    let rows = try doubts.map { doubt in
      [try LabelFile.name(of: doubt.example.file, in: path), classNames[doubt.example.label]]
        + (isSplit ? [doubt.example.part?.rawValue ?? ""] : [])
        + [doubt.probability.fixed(4), classNames[doubt.suggestion], doubt.suggestionProbability.fixed(4)]
    }
    let header =
      ["file", "label"] + (isSplit ? ["split"] : []) + ["probability", "suggestion", "suggestion probability"]
    try Files.write(Array(LabelFile.csv(header: header, rows).utf8), to: path, replacing: replacing)
  }
}
