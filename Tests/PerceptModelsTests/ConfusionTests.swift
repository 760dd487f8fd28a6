import PerceptLinearAlgebra
import PerceptModels
import Testing

@Suite("Confusions, class metrics, and the area under the ROC curve of many classes")
struct ConfusionTests {
  /// Random logits with ties, for random labels.
  func random(classes: Int, count: Int, seed: UInt64) throws -> Evaluation {
    var generator = SeededGenerator(seed: seed)
    let labels = (0..<count).map { _ in Int.random(in: 0..<classes, using: &generator) }
    let logits = labels.map { _ in (0..<classes).map { _ in Double(Int.random(in: 0...4, using: &generator)) } }
    return try Evaluation(logits, labels, classes: classes)
  }

  /// An evaluation with these pairs of label and prediction.
  func evaluation(_ pairs: [(label: Int, prediction: Int)], classes: Int) throws -> Evaluation {
    let logits = pairs.map { pair in (0..<classes).map { $0 == pair.prediction ? 1.0 : 0 } }
    return try Evaluation(logits, pairs.map(\.label), classes: classes)
  }

  @Test("confusions are the cells of the confusion matrix off the diagonal, the most frequent first")
  func confusions() throws {
    let evaluation = try random(classes: 7, count: 90, seed: 1)
    let (matrix, confusions) = (evaluation.confusion, evaluation.confusions)
    let wrong = matrix.enumerated().flatMap { label, row in
      row.enumerated().filter { $0.offset != label && $0.element > 0 }.map(\.element)
    }
    #expect(!confusions.isEmpty && confusions.map(\.count) == wrong.sorted(by: >))
    for confusion in confusions {
      #expect(confusion.label != confusion.prediction)
      #expect(confusion.count == matrix[confusion.label][confusion.prediction])
      #expect(confusion.labelled == matrix[confusion.label].reduce(0, +))
    }
  }

  @Test("of equally frequent confusions, the one with the larger share of its class is first")
  func shares() throws {
    let evaluation = try evaluation([(0, 0), (0, 1), (1, 2), (2, 2)], classes: 3)
    #expect(evaluation.confusions.map(\.label) == [1, 0])
    #expect(evaluation.confusions.map(\.share.value) == [1, 0.5])
  }

  @Test("class metrics have the counts of the rows and columns of the confusion matrix")
  func metrics() throws {
    let evaluation = try random(classes: 7, count: 90, seed: 2)
    let matrix = evaluation.confusion
    for metrics in evaluation.classMetrics {
      #expect(metrics.truePositives == matrix[metrics.label][metrics.label])
      #expect(metrics.labelled == matrix[metrics.label].reduce(0, +))
      #expect(metrics.answered == matrix.reduce(0) { $0 + $1[metrics.label] })
    }
    #expect(evaluation.classMetrics.map(\.label) == Array(0..<7))
  }

  @Test("the lowest F1 score is first, of equal ones the class with more errors, and a class that never occurs is last")
  func worst() throws {
    // Class 0: 3 of 3 found, 6 predicted; class 1: none of 2 found; class 2: 1 of 2 found, 1 predicted; no class 3.
    let pairs = [(0, 0), (0, 0), (0, 0), (1, 0), (1, 0), (2, 2), (2, 0)].map { (label: $0.0, prediction: $0.1) }
    let metrics = try evaluation(pairs, classes: 4).classMetricsByF1
    #expect(metrics.map(\.label) == [1, 0, 2, 3])
    #expect(metrics[1].f1 == metrics[2].f1 && metrics.map(\.errors) == [2, 3, 1, 0] && metrics[3].f1 == nil)
  }

  @Test("a part of the confusion matrix counts the predictions of other classes in its last column")
  func part() throws {
    let evaluation = try random(classes: 6, count: 80, seed: 3)
    let (matrix, part) = (evaluation.confusion, evaluation.confusion(of: [4, 1]))
    #expect(part[0][0] == matrix[4][4] && part[0][1] == matrix[4][1])
    #expect(part[1][0] == matrix[1][4] && part[1][1] == matrix[1][1])
    #expect(part.map { $0.reduce(0, +) } == [4, 1].map { matrix[$0].reduce(0, +) } && part[0].count == 3)
  }

  @Test("all labels are shown up to 20 classes, and the 20 with the lowest F1 scores of more")
  func shown() throws {
    #expect(try random(classes: 20, count: 60, seed: 4).shownLabels == Array(0..<20))
    let evaluation = try random(classes: 23, count: 70, seed: 5)
    #expect(evaluation.shownLabels == Array(evaluation.classMetricsByF1.map(\.label).prefix(20)))
  }

  @Test("the area under the ROC curve is the mean over the curves of all classes, and unknown without examples of one")
  func area() throws {
    for (classes, seed) in [(3, 6), (5, 7), (12, 8)] as [(Int, UInt64)] {
      let evaluation = try random(classes: classes, count: 200, seed: seed)
      let areas = try (0..<classes).map { try #require(evaluation.curves(of: $0).areaUnderROC) }
      let area = try #require(evaluation.areaUnderROC)
      #expect(abs(area - areas.reduce(0, +) / Double(classes)) < 1e-12)
    }
    #expect(try evaluation([(0, 0), (1, 1), (1, 0)], classes: 3).areaUnderROC == nil)
  }
}
