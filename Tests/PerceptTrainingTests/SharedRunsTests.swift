import PerceptDatasets
import PerceptModels
import PerceptTestSupport
import PerceptTraining
import Testing

@Suite("Shared runs of candidates")
struct SharedRunsTests {
  /// Candidates that share one run, by name: iterations, and a trainer for 20 or 21 examples.
  static let shared: [String: (counts: [Int], trainer: @Sendable (Int) -> Trainer)] = [
    "primal": ([60, 20, 40], { Trainer(.test(.gradientDescent, learningRate: 0.05, iterations: $0, form: .primal)) }),
    "centered": ([20, 40], { Trainer(.test(.momentum, iterations: $0, form: .primal)) }),
    "Adam": ([15, 30, 45], { Trainer(.test(.adam, iterations: $0, batchSize: 8, seed: 3)) }),
    "batches": (
      [6, 12, 18],
      { Trainer(.test(.nesterov, learningRate: 0.01, iterations: $0, scaling: .standardized, batchSize: 8)) }
    ),
    "full Adam": ([100, 300], { Trainer(.test(.adamW, iterations: $0)) }),
  ]

  let validation: CrossValidation

  init() throws { validation = try CrossValidation(randomDataset(examples: 31, features: 12, seed: 3), folds: 3) }

  func candidates(_ counts: [Int], _ trainer: (Int) -> Trainer) -> [CrossValidation.Candidate] {
    let start = Network(inputs: 12, classes: 2, initialization: .normal(0.1), seed: 5)
    return counts.map { .init(trainer($0), from: start) }
  }

  @Test(
    "candidates that differ only in iterations share one run, with the same results bit for bit",
    arguments: shared.keys.sorted())
  func one(name: String) throws {
    let (counts, trainer) = try #require(Self.shared[name])
    let candidates = candidates(counts, trainer)
    let together = try #require(try validation.resultsOfSharedRun(candidates))
    for (candidate, folds) in zip(candidates, together) {
      #expect(try validation.results(of: [candidate])[0].folds == folds)
    }
    #expect(Set(together).count == counts.count)
    var done: [Int] = []
    let other = CrossValidation.Candidate(Trainer(.test(iterations: 3)), from: candidates[0].network)
    let results = try validation.results(of: [candidates[0], other] + candidates.dropFirst()) { count, _ in
      done.append(count)
    }
    let places = [0] + (2...counts.count)
    #expect(done == Array(1...counts.count + 1))
    for (place, folds) in zip(places, together) { #expect(results.first { $0.candidate == place }?.folds == folds) }
    #expect(try results.first { $0.candidate == 1 }?.folds == validation.results(of: [other])[0].folds)
  }

  @Test(
    "there is no shared run where it would give other results, or save no time",
    arguments: [
      ([20, 40], .test(form: .dual)), ([20, 40], .test(.lbfgs, form: .primal)),
      ([20, 40], .test(form: .primal, schedule: .cosine)), ([20, 40], .test(form: .primal, warmUp: 0.1)),
      ([20, 40], .test(form: .primal, earlyStopping: EarlyStopping(patience: 3))), ([20], .test(form: .primal)),
      ([0, 20], .test(form: .primal)), ([19, 20], .test(form: .primal)), ([15, 31], .test(.adam, batchSize: 8)),
    ] as [([Int], TrainingConfiguration)])
  func several(counts: [Int], base: TrainingConfiguration) throws {
    let candidates = candidates(counts) { Trainer(.test(from: base, iterations: $0)) }
    #expect(try validation.resultsOfSharedRun(candidates) == nil)
    for result in try validation.results(of: candidates) {
      #expect(try validation.results(of: [candidates[result.candidate]])[0].folds == result.folds)
    }
  }

  @Test("only candidates with enough iterations to diverge are diverged")
  func diverged() throws {
    let candidates = candidates([20, 100, 200]) {
      Trainer(.test(.gradientDescent, learningRate: 100, iterations: $0, l2: 1, form: .primal))
    }
    let results = try validation.results(of: candidates)
    #expect(results.first { $0.candidate == 0 }?.isDiverged == false)
    #expect(results.first { $0.candidate == 2 }?.isDiverged == true)
  }
}
