package import PerceptDataQuality
package import PerceptDatasets
import PerceptImages
import PerceptModels
import PerceptTraining

extension ImageGrid {
  /// The images with the most doubtful labels, with label and prediction of a classifier that was not trained on them.
  package init(_ review: LabelReview, of dataset: Dataset, limit: Int = 48) {
    let rows = Dictionary(dataset.examples.enumerated().map { ($1.file, $0) }) { first, _ in first }
    let cells = review.doubts.prefix(limit).compactMap { doubt -> Cell? in
      guard let row = rows[doubt.example.file] else { return nil }
      let image = dataset.shownImage(of: row)
      let percent = Int((100 * doubt.suggestionProbability).rounded(.down))
      return Cell(
        image, title: ["labeled \(review.classNames[doubt.example.label])"],
        caption: ["looks like \(review.classNames[doubt.suggestion]), \(percent) %", doubt.example.file])
    }
    self.init(title: "Doubtful labels", summary: Self.summary(review), cells: cells, columns: 6)
  }

  private static func summary(_ review: LabelReview) -> String {
    let order =
      "Images whose labels judges, classifiers trained on the other images, consider least probable, least probable "
      + "first."
    guard review.wrongLabels != nil else { return "\(order) However, \(review.sentence)." }
    return "\(order) They contradict \(review.contradicted.count) of \(counted(review.score.count, "label")), and "
      + "\(review.sentence). \(review.judgesSentence.prefix(1).uppercased())\(review.judgesSentence.dropFirst())."
  }
}
