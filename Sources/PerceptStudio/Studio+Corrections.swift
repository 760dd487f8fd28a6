import HTTPTypes
import PerceptDatasets
import PerceptFeatures
import PerceptModels
import PerceptServer
import Synchronization

extension Studio {
  /// The images as `percept train --labels` loads them: with the splits of the uncorrected data.
  func corrected(_ loaded: Loaded, by corrections: Corrections) throws -> DatasetSplits {
    var places: [String: Split] = [:]
    for (split, example) in loaded.splits.inOrder.flatMap({ split, data in data.examples.map { (split, $0) } })
      + loaded.splits.copies
    { places[example.file] = split }
    let dataset = loaded.dataset.mapExamples { example in
      corrections.corrected(Example(file: example.file, label: example.label, split: places[example.file]))
    }
    var splits = try DatasetSplits(
      of: dataset, testFraction: data.testFraction, seed: data.seed, path: data.source.path)
    splits.draw = loaded.splits.draw
    return splits
  }

  /// The current edition of the corrections; empty if there are none.
  var edition: String { corrections.withLock { $0?.edition ?? "" } }

  /// The current corrections; nil if the page must not write any.
  var currentCorrections: Corrections? { corrections.withLock { $0 } }

  /// The doubtful labels, duplicates, leaks and outliers of the uncorrected data, from the cache if possible.
  func dataFindings() throws -> DataFindings {
    if let known = findings.withLock({ $0 }) { return known }
    let loaded = try load(data.preprocessing)
    let made = try DataFindings(loaded.dataset, data.source, loaded.splits, seed: data.seed)
    findings.withLock { $0 = made }
    return made
  }

  /// The arguments of `percept train` that select the data of a training, with its corrections and split.
  func arguments(_ settings: StudioSettings, _ splits: DatasetSplits) -> [String] {
    let isCorrected = !settings.edition.isEmpty
    let labels = isCorrected ? data.corrections.map { ["--labels", $0] } ?? [] : []
    // The file of corrections says which images are in the test split.
    let isDrawn = isCorrected && splits.draw != nil && splits.test != nil
    let extractor = settings.preprocessing.extractor
    let features =
      extractor == data.preprocessing.extractor ? data.features : extractor == .pixels ? nil : extractor.name
    return data.arguments + (features.map { ["--features", $0] } ?? []) + labels + (isDrawn ? [] : data.splitArguments)
  }

  /// Sets or withdraws the decision about the image in a row of the data, and writes the file of corrections. Returns the new
  /// edition. Throws ``RequestError`` if the studio has no file of corrections, or if a class has no training image left;
  /// ``ChangedCorrections``, and `FileError` if the file cannot be written. Then nothing has changed.
  func decide(_ decision: Corrections.Decision?, row: Int) throws -> String {
    let loaded = try load(data.preprocessing)
    guard loaded.dataset.examples.indices.contains(row) else {
      throw RequestError(.notFound, "no such image: row must be ≥ 0 and < \(loaded.dataset.count) (got \(row))")
    }
    return try corrections.withLock { corrections in
      guard var changed = corrections else {
        throw RequestError(.forbidden, "start percept studio with --corrections FILE to correct labels")
      }
      changed.set(decision, for: loaded.dataset.examples[row])
      let training = try corrected(loaded, by: changed).training
      if let empty = training.classCounts.firstIndex(of: 0) {
        throw RequestError(.conflict, "\(training.classNames[empty]) would have no training photo left")
      }
      try changed.write(loaded.dataset, loaded.splits)
      corrections = changed
      return changed.edition
    }
  }
}
