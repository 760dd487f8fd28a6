import PerceptDatasets
import PerceptModels
import PerceptTestSupport
import PerceptTraining
import Testing

@Suite("Candidates that differ only in iterations")
struct CoursesTests {
  /// Trainings that are one, by name: how they learn, for how many iterations, on 20 or 21 examples.
  static let shared: [String: (counts: [Int], trainer: @Sendable (Int) -> Trainer)] = [
    "primal": ([60, 20, 40], { Trainer(with: .gradientDescent(learningRate: 0.05), iterations: $0, form: .primal) }),
    "centred": ([20, 40], { Trainer(with: .momentum(), iterations: $0, form: .primal) }),
    "Adam": ([15, 30, 45], { Trainer(with: .adam(), iterations: $0, batchSize: 8, seed: 3) }),
    "batches": (
      [6, 12, 18],
      { Trainer(with: .nesterov(learningRate: 0.01), iterations: $0, scale: .standardize, batchSize: 8) }
    ),
    "full Adam": ([100, 300], { Trainer(with: .adamW(), iterations: $0) }),
  ]

  let validation: CrossValidation

  init() throws { validation = try CrossValidation(randomDataset(examples: 31, features: 12, seed: 3), folds: 3) }

  func candidates(_ counts: [Int], _ trainer: (Int) -> Trainer) -> [CrossValidation.Candidate] {
    let start = Network(inputs: 12, classes: 2, initialization: .normal(0.1), seed: 5)
    return counts.map { .init(trainer($0), from: start) }
  }

  @Test("are one training, and do as if each learned by itself, to the last bit", arguments: shared.keys.sorted())
  func one(name: String) throws {
    let (counts, trainer) = try #require(Self.shared[name])
    let candidates = candidates(counts, trainer)
    let together = try #require(try validation.resultsOfSharedRun(candidates))
    for (candidate, folds) in zip(candidates, together) {
      #expect(try validation.results(of: [candidate])[0].folds == folds)
    }
    #expect(Set(together).count == counts.count)
    var done: [Int] = []
    let other = CrossValidation.Candidate(Trainer(iterations: 3), from: candidates[0].network)
    let results = try validation.results(of: [candidates[0], other] + candidates.dropFirst()) { count, _ in
      done.append(count)
    }
    let places = [0] + (2...counts.count)
    #expect(done == Array(1...counts.count + 1))
    for (place, folds) in zip(places, together) { #expect(results.first { $0.candidate == place }?.folds == folds) }
    #expect(try results.first { $0.candidate == 1 }?.folds == validation.results(of: [other])[0].folds)
  }

  @Test(
    "are several where one would be other numbers, or no faster",
    arguments: [
      ([20, 40], Trainer(form: .dual)), ([20, 40], Trainer(with: .lbfgs, form: .primal)),
      ([20, 40], Trainer(form: .primal, schedule: Schedule(.cosine))),
      ([20, 40], Trainer(form: .primal, schedule: Schedule(warmUp: 0.1))),
      ([20, 40], Trainer(form: .primal, stopping: EarlyStopping(patience: 3))), ([20], Trainer(form: .primal)),
      ([0, 20], Trainer(form: .primal)), ([19, 20], Trainer(form: .primal)),
      ([15, 31], Trainer(with: .adam(), batchSize: 8)),
    ] as [([Int], Trainer)])
  func several(counts: [Int], like trainer: Trainer) throws {
    let candidates = candidates(counts) {
      Trainer(
        with: trainer.optimizer, iterations: $0, form: trainer.form, batchSize: trainer.batchSize,
        schedule: trainer.schedule, stopping: trainer.stopping)
    }
    #expect(try validation.resultsOfSharedRun(candidates) == nil)
    for result in try validation.results(of: candidates) {
      #expect(try validation.results(of: [candidates[result.candidate]])[0].folds == result.folds)
    }
  }

  @Test("diverge only where they are so long that they do")
  func diverged() throws {
    let candidates = candidates([50, 100, 200]) {
      Trainer(
        minimizing: Objective(.crossEntropy, l2: 1), with: .gradientDescent(learningRate: 100), iterations: $0,
        form: .primal)
    }
    let results = try validation.results(of: candidates)
    #expect(results.first { $0.candidate == 0 }?.isDiverged == false)
    #expect(results.first { $0.candidate == 2 }?.isDiverged == true)
  }
}
