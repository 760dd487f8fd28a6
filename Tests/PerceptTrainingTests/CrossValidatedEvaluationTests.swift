import PerceptDatasets
import PerceptFeatures
import PerceptImages
import PerceptLinearAlgebra
import PerceptModels
import PerceptTestSupport
import PerceptTraining
import Testing

@Suite("Cross-validated evaluation")
struct CrossValidatedEvaluationTests {
  let dataset: Dataset

  init() throws { dataset = try randomDataset(examples: 43, features: 6, seed: 2) }

  func train(_ part: Dataset) throws -> TrainingRun {
    try Trainer(.test(iterations: 30)).fit(.neuron(inputs: 6), to: part)
  }

  @Test("each repeat predicts every image once, with a training that did not use it")
  func byHand() throws {
    var (parts, done) = ([Dataset](), [Int]())
    let result = try CrossValidatedEvaluation(
      dataset, folds: 4, repeats: 2, seed: 9, progress: { done.append(100 * $0 + $1) }
    ) { part, seed in
      #expect(seed == (parts.count < 4 ? 9 : 10))
      parts.append(part)
      return try train(part)
    }
    #expect(done == (1...8).map { 100 * $0 + 8 } && result.folds.count == 8 && result.repeats.count == 2)
    for (index, evaluation) in result.repeats.enumerated() {
      #expect(evaluation.outcomes.map(\.example) == dataset.examples)
      let known = try dataset.folds(4, seed: 9 + UInt64(index))
      for (place, fold) in known.enumerated() {
        #expect(parts[4 * index + place].examples == fold.training.examples)
        let expected = try train(fold.training).classifier.evaluate(on: fold.validation)
        #expect(result.folds[4 * index + place] == expected.score)
        let answered = evaluation.outcomes.filter { fold.validation.examples.contains($0.example) }
        #expect(answered == expected.outcomes)
      }
      #expect(evaluation.score.correct == result.folds[4 * index..<4 * index + 4].reduce(0) { $0 + $1.correct })
    }
    #expect(result.repeats[0].outcomes != result.repeats[1].outcomes)
  }

  @Test("repeats add predictions, but the number of images stays the same")
  func repeats() throws {
    let result = try CrossValidatedEvaluation(dataset, folds: 3, repeats: 5) { part, _ in try train(part) }
    let counts = result.repeats.map(\.score.correct)
    #expect(Set(counts).count > 1)
    #expect(result.score.count == 43 && result.answers.score.count == 5 * 43)
    #expect(result.answers.score.correct == counts.reduce(0, +))
    #expect(abs(Double(result.score.correct) - Double(counts.reduce(0, +)) / 5) <= 0.5)
    #expect(result.verdict.comparison.count == 43 && result.verdict.accuracy.part == result.score.correct)
    let once = try CrossValidatedEvaluation(dataset, folds: 3) { part, _ in try train(part) }
    #expect(once.verdict == once.repeats[0].verdict && once.score == once.repeats[0].score)
  }

  @Test("the counts of the classes are numbers of images, also with repeats", arguments: [1, 2, 3, 7])
  func counts(repeats: Int) throws {
    let result = try CrossValidatedEvaluation(dataset, folds: 3, repeats: repeats) { part, _ in try train(part) }
    let counts = result.confusion
    #expect(counts.map { $0.reduce(0, +) } == dataset.classCounts)
    #expect(counts.indices.reduce(0) { $0 + counts[$1][$1] } == result.score.correct)
    let outcomes = result.repeats.flatMap(\.outcomes)
    for (label, row) in counts.enumerated() {
      for (answer, count) in row.enumerated() {
        let all = outcomes.count { $0.example.label == label && $0.prediction.label == answer }
        #expect(abs(Double(count) - Double(all) / Double(repeats)) < 1)
      }
    }
    #expect(abs(result.accuracy - Double(outcomes.count { $0.isCorrect }) / Double(outcomes.count)) < 1e-12)
    let (comparison, score) = (result.verdict.comparison, result.score)
    #expect(comparison.onlyFirst - comparison.onlySecond == score.correct - score.majorityCount)
    if repeats == 1 { #expect(counts == result.repeats[0].confusion && result.verdict == result.repeats[0].verdict) }
  }

  @Test("a group stays in one fold, and a class with too few of them is named")
  func groups() throws {
    let group = { (example: Example) in String(example.file.suffix(1)) }
    _ = try CrossValidatedEvaluation(dataset, folds: 3, groupedBy: group) { part, _ in
      let inside = Set(part.examples.map(group))
      #expect(dataset.examples.filter { inside.contains(group($0)) }.count == part.count)
      return try train(part)
    }
    #expect(throws: DatasetError.self) {
      try CrossValidatedEvaluation(dataset, folds: 11, groupedBy: group) { part, _ in try train(part) }
    }
  }

  @Test(
    "the accuracy of the article's neuron ranges from 0.5 to 0.9 over random folds of its 100 photos",
    .enabled(if: SharedData.isPresent, "the test photos are missing"))
  func article() throws {
    let source = try DataSource(SharedData.path("celeb100"), classes: .only(["male", "female"]))
    let photos = try Dataset(source, preprocessing: Preprocessing(imageSize: 64))
    let trainer = Trainer(.test(.gradientDescent, learningRate: 0.005, iterations: 1000))
    let result = try CrossValidatedEvaluation(photos, folds: 5, repeats: 60) { part, _ in
      try trainer.fit(.neuron(inputs: part.featureCount), to: part)
    }
    #expect(result.folds.count == 300 && result.folds.allSatisfy { $0.count == 20 })
    let accuracies = result.folds.map(\.accuracy)
    #expect(accuracies.min() ?? 1 <= 0.5 && accuracies.max() ?? 0 >= 0.9)
  }
}
