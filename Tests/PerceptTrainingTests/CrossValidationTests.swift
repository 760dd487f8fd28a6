import PerceptDatasets
import PerceptModels
import PerceptTestSupport
import PerceptTraining
import Testing

@Suite("Cross-validation")
struct CrossValidationTests {
  @Test(
    "results equal those of trainer and evaluation, sorted from the best",
    arguments: [FeatureScaling.unit, .standardized])
  func byHand(scaling: FeatureScaling) throws {
    let dataset = try randomDataset(examples: 31, features: 12, seed: 3)
    let validation = try CrossValidation(dataset, folds: 3, seed: 7)
    let start = Network(inputs: 12, hidden: [4], classes: 2, seed: 5)
    let candidates = [1e-6, 0.5, 0.05].map { rate in
      CrossValidation.Candidate(
        Trainer(.test(.gradientDescent, learningRate: .fixed(rate), iterations: 40, scaling: scaling)), from: start)
    }
    var done: [Int] = []
    let results = try validation.results(of: candidates) { index, count in done.append(10 * index + count) }
    #expect(done == [13, 23, 33])
    #expect(results.map(\.candidate).sorted() == [0, 1, 2] && results == results.sorted())
    for result in results {
      let trainer = candidates[result.candidate].trainer
      for (fold, judged) in zip(try dataset.folds(3, seed: 7), result.folds) {
        let run = try trainer.fit(trainer.scaled(start, for: fold.training), to: fold.training)
        let evaluation = try run.classifier.evaluate(on: fold.validation)
        #expect(judged.accuracy == evaluation.accuracy && judged.cost == evaluation.cost())
        #expect(judged.learningRate == run.learningRate && judged.stableLearningRate == nil)
      }
      #expect(result.accuracy?.mean == result.folds.reduce(0) { $0 + $1.accuracy } / 3)
    }
    let means = results.compactMap(\.accuracy?.mean)
    #expect(means == means.sorted(by: >))
  }

  @Test("a candidate that diverges is sorted last; other errors are thrown")
  func diverged() throws {
    let validation = try CrossValidation(randomDataset(examples: 20, features: 4, seed: 1), folds: 2)
    func candidate(_ rate: Double) -> CrossValidation.Candidate {
      CrossValidation.Candidate(
        Trainer(.test(.gradientDescent, learningRate: .fixed(rate), iterations: 2000, l2: 1)), from: .neuron(inputs: 4))
    }
    let results = try validation.results(of: [candidate(100), candidate(0.01)])
    #expect(results.map(\.candidate) == [1, 0] && results.map(\.isDiverged) == [false, true])
    #expect(results[1].accuracy == nil && results[1].cost == nil && results[1].unstableFolds == 0)
    #expect(!results[1].isIndistinguishable(from: results[0]) && results[0].isIndistinguishable(from: results[0]))
    #expect(throws: ConfigurationError("learningRate", "must be > 0 (got -1.0)")) {
      try validation.results(of: [candidate(-1)])
    }
  }

  @Test("folds on which the learning rate is too large are counted")
  func unstable() throws {
    let validation = try CrossValidation(randomDataset(examples: 20, features: 4, seed: 1), folds: 2)
    let results = try validation.results(
      of: [10, 0.01].map {
        .init(Trainer(.test(.gradientDescent, learningRate: .fixed($0), iterations: 5)), from: .neuron(inputs: 4))
      })
    #expect(results.first { $0.candidate == 0 }?.unstableFolds == 2)
    #expect(results.first { $0.candidate == 1 }?.unstableFolds == 0)
  }

  @Test("one more correct image in one fold is noise, one more in every fold is not")
  func noise() {
    func result(_ correct: [Double]) -> CrossValidationResult {
      CrossValidationResult(
        candidate: 0,
        folds: correct.map {
          CrossValidationResult.Fold(accuracy: $0 / 10, cost: 1, learningRate: 1, stableLearningRate: nil)
        })
    }
    let best = result([7, 8, 6, 9])
    #expect(result([7, 8, 6, 8]).isIndistinguishable(from: best))
    #expect(result([7, 8, 6, 9]).isIndistinguishable(from: best))
    #expect(result([9, 6, 7, 8]).isIndistinguishable(from: best))
    #expect(!result([6, 7, 5, 8]).isIndistinguishable(from: best))
    #expect(!result([7, 7, 5, 8]).isIndistinguishable(from: best))
  }

  @Test("sample statistics are mean, sample deviation and standard error of the mean")
  func statistics() throws {
    let statistics = try #require(SampleStatistics([1, 2, 3, 6]))
    #expect(statistics.mean == 3)
    #expect(abs(statistics.deviation * statistics.deviation - 14.0 / 3) < 1e-12)
    #expect(statistics.standardError == statistics.deviation / 2)
    #expect(SampleStatistics([5]).map { [$0.mean, $0.deviation, $0.standardError] } == [5, 0, 0])
    #expect(SampleStatistics([]) == nil)
  }
}
