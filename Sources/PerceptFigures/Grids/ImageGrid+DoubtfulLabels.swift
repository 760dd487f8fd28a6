package import PerceptDataQuality
package import PerceptDatasets
import PerceptImages
import PerceptTraining

extension ImageGrid {
  /// The images with the most doubtful labels, with label and prediction of a classifier that was not trained on them.
  package init(_ review: LabelReview, of dataset: Dataset, limit: Int = 48) {
    let rows = Dictionary(dataset.examples.enumerated().map { ($1.file, $0) }) { first, _ in first }
    let cells = review.doubts.prefix(limit).compactMap { doubt -> Cell? in
      guard let row = rows[doubt.example.file] else { return nil }
      let image = dataset.preprocessing.image(of: dataset.withFeatures(of: row, Array.init))
      let percent = Int((100 * doubt.suggestionProbability).rounded(.down))
      return Cell(
        image, title: ["labeled \(review.classNames[doubt.example.label])"],
        caption: ["looks like \(review.classNames[doubt.suggestion]), \(percent) %", doubt.example.file])
    }
    let contradicted = review.contradicted.count
    self.init(
      title: "Doubtful labels",
      summary:
        "Images whose labels a classifier trained on the other images considers least probable, least probable first. It "
        + "contradicts \(contradicted) of \(counted(dataset.count, "label")). Some labels are correct, and the images are only hard.",
      cells: cells, columns: 6)
  }
}
