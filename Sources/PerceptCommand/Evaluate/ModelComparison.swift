import Percept

/// A comparison of two models on the same images. Each model uses its own preprocessing.
struct ModelComparison {
  struct Output: Encodable {
    let model: String
    let score: ScoreOutput
    let onlyThis: Int
    let onlyOther: Int
    let pValue: Double
    let finding: PairedComparison.Finding
    let sentence: String
    let morePictures: Int?
  }

  private let names: (first: String, second: String)
  private let comparison: PairedComparison
  private let score: Score

  /// Evaluates the second model, with the same classes in any order, on the images of the first model's evaluation.
  init(_ evaluation: Evaluation, _ first: String, with classifier: Classifier, _ second: String, on data: DataOptions)
    throws
  {
    names = (first, second)
    // The notes and warnings about the data are printed already.
    var silent = data
    silent.quiet = true
    let dataset = try data.unreportedDataset(
      of: silent.source(alignedTo: classifier.classNames), preprocessing: classifier.preprocessing)
    let wanted = Set(evaluation.outcomes.map(\.example.file))
    let rows = dataset.examples.indices.filter { wanted.contains(dataset.examples[$0].file) }
    let other = try classifier.evaluate(on: dataset.subset(rows))
    let isRight = Dictionary(other.outcomes.map { ($0.example.file, $0.isCorrect) }) { first, _ in first }
    let pairs = evaluation.outcomes.compactMap { outcome in
      isRight[outcome.example.file].map { (outcome.isCorrect, $0) }
    }
    comparison = PairedComparison(pairs.map { $0.0 }, pairs.map { $0.1 })
    score = other.score
  }

  var output: Output {
    Output(
      model: names.second, score: ScoreOutput(score), onlyThis: comparison.onlyFirst, onlyOther: comparison.onlySecond,
      pValue: comparison.pValue, finding: comparison.finding, sentence: comparison.sentence(names.first, names.second),
      morePictures: comparison.moreNeeded)
  }

  var lines: [String] {
    [
      "compared with \(names.second), accuracy \(score.plain): only \(names.first) is correct on "
        + "\(counted(comparison.onlyFirst, "image")), only \(names.second) on \(comparison.onlySecond); "
        + "p = \(comparison.pValue.significant(3))",
      "difference: \(comparison.sentence(names.first, names.second))",
    ]
  }
}

struct OtherModel: Error, CustomStringConvertible {
  let path: String
  let problem: String

  var description: String { "\(path): \(problem)" }
}
