import PerceptDatasets

/// The examples of one class that are predicted as another class.
package struct Confusion: Sendable, Hashable {
  package let label: Int
  /// The predicted class, which is not the label.
  package let prediction: Int
  /// The number of examples with this label and this prediction, at least 1.
  package let count: Int
  /// The number of examples with this label.
  package let labelled: Int

  /// The proportion of the examples with this label that have this prediction.
  package var share: Proportion { Proportion(count, of: labelled) }
}

extension Evaluation {
  /// The largest number of classes for which reports, figures and pages show every class. If there are more, they show
  /// this number of the worst classes, because the confusion matrix grows with the square of the number of classes.
  package static let mostShownClasses = 20

  /// The labels that reports and figures show: all in order, or of more than ``mostShownClasses`` classes those with
  /// the lowest F1 scores, lowest first.
  package var shownLabels: [Int] {
    classNames.count > Self.mostShownClasses
      ? classMetricsByF1.prefix(Self.mostShownClasses).map(\.label) : Array(classNames.indices)
  }

  /// All confusions, the most frequent first; of equally frequent ones, the one with the larger share first.
  /// O(n · log n) for n examples.
  package var confusions: [Confusion] {
    var labelled = Array(repeating: 0, count: classNames.count)
    var counts: [Int: Int] = [:]
    for outcome in outcomes {
      labelled[outcome.example.label] += 1
      guard !outcome.isCorrect else { continue }
      counts[outcome.example.label * classNames.count + outcome.prediction.label, default: 0] += 1
    }
    let confusions = counts.map { pair, count in
      let label = pair / classNames.count
      return Confusion(label: label, prediction: pair % classNames.count, count: count, labelled: labelled[label])
    }
    func rank(_ confusion: Confusion) -> (Int, Int, Int, Int) {
      (-confusion.count, confusion.labelled, confusion.label, confusion.prediction)
    }
    return confusions.sorted { rank($0) < rank($1) }
  }

  /// Returns the part of the confusion matrix with these rows and columns, different labels in any order. A last column
  /// counts the predictions of all other classes. O(n) for n examples.
  package func confusion(of labels: [Int]) -> [[Int]] {
    let places = Dictionary(uniqueKeysWithValues: labels.enumerated().map { ($1, $0) })
    var counts = Array(repeating: Array(repeating: 0, count: labels.count + 1), count: labels.count)
    for outcome in outcomes {
      guard let row = places[outcome.example.label] else { continue }
      counts[row][places[outcome.prediction.label] ?? labels.count] += 1
    }
    return counts
  }
}
