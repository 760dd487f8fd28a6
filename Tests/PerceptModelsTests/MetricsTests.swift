import Foundation
import PerceptDatasets
import PerceptFeatures
import PerceptIO
import PerceptImages
import PerceptLinearAlgebra
import PerceptModels
import Testing

@Suite("Metrics")
struct MetricsTests {
  /// Answers and what scikit-learn and statsmodels say of them; `Fixtures/make.py` wrote it.
  struct Reference: Decodable {
    struct Case: Decodable {
      let classes: Int
      let logits: [[Double]]
      let labels: [Int]
      let accuracy, balancedAccuracy, logLoss, brier: Double
      let confusion: [[Int]]
      let precision, recall, f1: [Double?]
      let areas, averagePrecisions: [Double]

      var evaluation: Evaluation {
        get throws { try Evaluation(logits, labels, classes: classes) }
      }
    }

    struct Wilson: Decodable {
      let part, count: Int
      let interval: [Double]
    }

    struct McNemar: Decodable {
      let onlyFirst, onlySecond: Int
      let p: Double
    }

    let cases: [Case]
    let wilson: [Wilson]
    let mcnemar: [McNemar]
  }

  let reference: Reference

  init() throws {
    let path = FileSystem.path(FileSystem.path(FileSystem.folder(of: #filePath), "Fixtures"), "metrics.json")
    reference = try JSONDecoder().decode(Reference.self, from: Data(FileSystem.read(path)))
  }

  func same(_ a: [Double?], _ b: [Double?]) -> Bool {
    a.count == b.count && zip(a, b).allSatisfy { ($0 == nil) == ($1 == nil) && abs(($0 ?? 0) - ($1 ?? 0)) <= 1e-9 }
  }

  @Test("agree with scikit-learn on random answers, ties among them")
  func agree() throws {
    #expect(reference.cases.count == 24)
    for known in reference.cases {
      let evaluation = try known.evaluation
      #expect(
        same(
          [evaluation.accuracy, evaluation.balancedAccuracy, evaluation.cost(), evaluation.brierScore],
          [known.accuracy, known.balancedAccuracy, known.logLoss, known.brier]))
      #expect(evaluation.confusion == known.confusion)
      let metrics = evaluation.classMetrics
      #expect(same(metrics.map(\.precision?.value), known.precision))
      #expect(same(metrics.map(\.recall?.value), known.recall))
      #expect(same(metrics.map(\.f1), known.f1))
      let curves = (0..<known.classes).map(evaluation.curves)
      #expect(same(curves.map(\.areaUnderROC), known.areas))
      #expect(same(curves.map(\.averagePrecision), known.averagePrecisions))
    }
  }

  @Test("curves go from end to end, a step a distinct probability")
  func curves() throws {
    let curves = RankingCurves(
      probabilities: [0.9, 0.5, 0.5, 0.5, 0.1], isPositive: [true, true, false, true, false])
    #expect(curves.points.map(\.threshold) == [0.9, 0.5, 0.1])
    let roc = try #require(curves.roc)
    #expect(roc.map(\.x) == [0, 0, 0.5, 1] && roc.map(\.y) == [0, 1.0 / 3, 1, 1])
    let recall = try #require(curves.precisionRecall)
    #expect(recall.map(\.x) == [1.0 / 3, 1, 1] && recall.map(\.y) == [1, 0.75, 0.6])
    let single = RankingCurves(probabilities: [0.2, 0.3], isPositive: [true, true])
    #expect(single.roc == nil && single.areaUnderROC == nil && single.averagePrecision == 1)
    #expect(RankingCurves(probabilities: [0.2], isPositive: [false]).precisionRecall == nil)
  }

  @Test("Wilson's intervals are statsmodels', within 0 and 1")
  func wilson() {
    for known in reference.wilson {
      let interval = Proportion(known.part, of: known.count).interval
      #expect(same([interval.lowerBound, interval.upperBound], known.interval))
      #expect(
        interval.lowerBound >= 0 && interval.upperBound <= 1
          && interval.contains(Proportion(known.part, of: known.count).value))
    }
  }

  @Test("McNemar's exact test is statsmodels'")
  func mcnemar() {
    for known in reference.mcnemar {
      let comparison = PairedComparison(onlyFirst: known.onlyFirst, onlySecond: known.onlySecond, count: 1000)
      #expect(same([comparison.pValue], [known.p]))
    }
    #expect(PairedComparison([true, true, false, false], [true, false, true, false]).onlyFirst == 1)
  }

  @Test("the interval of a paired difference is that of Bonett and Price, and covers the difference in 95 % of trials")
  func pairedInterval() {
    let interval = PairedComparison(onlyFirst: 12, onlySecond: 4, count: 100).interval
    #expect(same([interval.lowerBound, interval.upperBound], [-0.001658885352535222, 0.15852163045057444]))
    var generator = SeededGenerator(seed: 2)
    let covered = (0..<2000).count { _ in
      let draws = (0..<50).map { _ in Double.random(in: 0..<1, using: &generator) }
      return PairedComparison(onlyFirst: draws.count { $0 < 0.2 }, onlySecond: draws.count { $0 > 0.9 }, count: 50)
        .interval.contains(0.1)
    }
    #expect((0.93...0.985).contains(Double(covered) / 2000))
    #expect(PairedComparison(onlyFirst: 1, onlySecond: 0, count: 1).interval.upperBound <= 1)
  }

  @Test("the reported number of images detects such a difference in four of five trials")
  func needed() throws {
    let needed = try #require(PairedComparison(onlyFirst: 30, onlySecond: 10, count: 100).countNeeded)
    var generator = SeededGenerator(seed: 1)
    let found = (0..<2000).count { _ in
      let draws = (0..<needed).map { _ in Double.random(in: 0..<1, using: &generator) }
      return PairedComparison(onlyFirst: draws.count { $0 < 0.3 }, onlySecond: draws.count { $0 > 0.9 }, count: needed)
        .pValue
        < 0.05
    }
    #expect((0.70...0.88).contains(Double(found) / 2000))
    #expect(PairedComparison(onlyFirst: 4, onlySecond: 4, count: 20).countNeeded == nil)
  }

  /// An evaluation in which class 0 is the majority.
  func evaluation(_ right: [(label: Int, isRight: Bool, count: Int)]) throws -> Evaluation {
    let rows = right.flatMap { Array(repeating: ($0.label, $0.isRight), count: $0.count) }
    let labels = rows.map { $0.0 }
    let dataset = try Dataset(
      features: labels.map { _ in [0] }, examples: labels.enumerated().map { Example(file: "\($0)", label: $1) },
      classNames: ["female", "male"], preprocessing: Preprocessing(imageSize: 1, color: .gray))
    return Evaluation(
      dataset: dataset,
      outcomes: zip(dataset.examples, rows).map { example, row in
        let answer = row.1 ? row.0 : 1 - row.0
        return Evaluation.Outcome(example: example, prediction: Prediction(logits: [answer == 1 ? 1 : -1]))
      })
  }

  @Test("twenty photos prove little, and the verdict says so, and how many would")
  func verdict() throws {
    let article = try evaluation([(0, true, 11), (0, false, 5), (1, true, 2), (1, false, 2)]).verdict
    #expect(article.accuracy.part == 13 && article.accuracy.count == 20 && article.baseline.part == 16)
    #expect(Int((article.accuracy.interval.lowerBound * 100).rounded()) == 43)
    #expect(Int((article.accuracy.interval.upperBound * 100).rounded()) == 82)
    #expect(article.finding == .undecided && article.morePictures == 100)
    #expect(
      article.sentence
        == "Not better than always answering \"female\" on 20 images: the accuracy is lower, but not significantly.")
    let better = try evaluation([(0, true, 100), (1, true, 40), (1, false, 5)]).verdict
    #expect(better.finding == .better)
    #expect(better.sentence == "Significantly better than always answering \"female\" (p < 0.05).")
    let worse = try evaluation([(0, true, 50), (0, false, 50), (1, true, 5), (1, false, 40)]).verdict
    #expect(worse.finding == .worse && worse.morePictures == nil)
    let same = try evaluation([(0, true, 5), (1, false, 2)]).verdict
    #expect(same.finding == .undecided && same.morePictures == nil && same.sentence.contains("equally often"))
  }

  @Test("calibrated answers are right as often as they say")
  func calibration() {
    let calibration = Calibration(
      probabilities: [0.75, 0.75, 0.72, 0.78, 1, 1, 0], isRight: [true, true, true, false, true, true, false])
    #expect(calibration.bins.map(\.right.count) == [1, 4, 2])
    #expect(calibration.bins.map(\.probability) == [0, 0.75, 1])
    #expect(calibration.error < 1e-15)
    #expect(Calibration(probabilities: [0.9, 0.9], isRight: [false, false]).error == 0.9)
  }
}
