import PerceptDatasets
import PerceptModels
import PerceptTestSupport
import PerceptTraining
import Testing

@Suite("Recommendation")
struct RecommendationTests {
  let validation: CrossValidation

  init() throws { validation = try CrossValidation(randomDataset(examples: 30, features: 5, seed: 1), folds: 3) }

  func candidate(
    hidden: [Int] = [], iterations: Int = 100, batchSize: Int? = nil, l2: Double = 0
  ) -> CrossValidation.Candidate {
    .init(
      Trainer(.test(iterations: iterations, l2: l2, batchSize: batchSize)),
      from: Network(inputs: 5, hidden: hidden, classes: 2, seed: 1))
  }

  /// The result of a candidate on folds of 10 images.
  func result(_ candidate: Int, _ correct: [Double], stable: Double? = nil) -> CrossValidationResult {
    CrossValidationResult(
      candidate: candidate,
      folds: correct.map {
        CrossValidationResult.Fold(accuracy: $0 / 10, cost: 1, learningRate: 1, stableLearningRate: stable)
      })
  }

  @Test("complexity orders by parameters, then by processed images, then by L2 penalty")
  func complexity() {
    let ordered = [
      candidate(iterations: 9, l2: 0.5), candidate(iterations: 9), candidate(iterations: 10, l2: 0.1),
      candidate(iterations: 10), candidate(hidden: [3], iterations: 1), candidate(hidden: [3, 2], iterations: 1),
    ].map(validation.complexity)
    #expect(ordered == ordered.sorted() && Set(ordered).count == 6)
    #expect(ordered[0].parameters == 6 && ordered[4].parameters == 22 && ordered[0].work == 180)
    // 20 examples are three batches of 8, 8 and 4.
    let works = [1, 2, 3, 7].map { validation.complexity(of: candidate(iterations: $0, batchSize: 8)).work }
    #expect(works == [8, 16, 20, 48])
    #expect(validation.complexity(of: candidate(iterations: 2, batchSize: 50)).work == 40)
    #expect(validation.complexity(of: candidate(iterations: .max)).work > 1e19)
  }

  @Test("the simplest candidate that is indistinguishable from the best is recommended")
  func simplest() {
    let candidates = [
      candidate(hidden: [3]), candidate(iterations: 50), candidate(iterations: 50), candidate(iterations: 10),
    ]
    func recommended(_ results: [CrossValidationResult]) -> Int? {
      validation.recommendation(among: results, of: candidates)?.candidate
    }
    let best = result(0, [7, 8, 6, 9])
    #expect(recommended([best, result(2, [7, 8, 6, 8]), result(1, [7, 8, 5, 9]), result(3, [6, 7, 5, 8])]) == 2)
    #expect(recommended([best, result(3, [6, 7, 5, 8])]) == 0)
    #expect(recommended([best, result(3, [7, 8, 6, 8]), result(1, [])]) == 3)
    #expect(recommended([result(0, []), result(1, [])]) == nil && recommended([]) == nil)
  }

  @Test("a candidate with an unstable rate is recommended only if all are unstable")
  func unstable() {
    let candidates = [candidate(), candidate(iterations: 5), candidate(iterations: 10)]
    let results = [result(0, [7, 8]), result(1, [7, 8], stable: 0.5), result(2, [7, 8], stable: 2)]
    #expect(validation.recommendation(among: results, of: candidates) == results[2])
    let shaky = results.map { result($0.candidate, [7, 8], stable: 0.5) }
    #expect(validation.recommendation(among: shaky, of: candidates) == shaky[1])
  }
}
