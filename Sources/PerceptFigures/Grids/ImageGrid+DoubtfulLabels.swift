public import PerceptDataQuality
public import PerceptDatasets
import PerceptImages
import PerceptTraining

extension ImageGrid {
  /// The pictures whose labels are the most doubtful, with their labels and what a neuron that learned from the others says.
  ///
  /// - Parameters:
  ///   - review: what speaks for the labels.
  ///   - dataset: the pictures that were judged.
  ///   - limit: how many are shown at most.
  public init(_ review: LabelReview, of dataset: Dataset, limit: Int = 48) {
    let rows = Dictionary(dataset.examples.enumerated().map { ($1.file, $0) }) { first, _ in first }
    let cells = review.doubts.prefix(limit).compactMap { doubt -> Cell? in
      guard let row = rows[doubt.example.file] else { return nil }
      let image = dataset.preprocessing.image(of: dataset.withFeatures(of: row, Array.init))
      let percent = Int((100 * doubt.suggestionProbability).rounded(.down))
      return Cell(
        image, title: ["labelled \(review.classNames[doubt.example.label])"],
        caption: ["looks like \(review.classNames[doubt.suggestion]), \(percent) %", doubt.example.file])
    }
    let contradicted = review.contradicted.count
    self.init(
      title: "Labels to look at",
      summary:
        "The least speaks for the labels of these pictures, the first of them first, to a neuron that learned from the "
        + "others; of \(counted(dataset.count, "picture")) it contradicts \(contradicted). Some of them are only hard.",
      cells: cells, columns: 6)
  }
}
