import CPerceptAllocationCounter
import PerceptDatasets
import PerceptModels
import PerceptPlatform
import PerceptTestSupport
import PerceptTraining
import Testing

@Suite("Memory of training")
struct AllocationTests {
  /// The number of allocations between two iterations.
  static func allocations(_ form: DescentForm, _ base: TrainingConfiguration, examples: Int, features: Int) throws
    -> Int
  {
    let dataset = try randomDataset(examples: examples, features: features, seed: 25)
    var (first, last) = (0, 0)
    let trainer = Trainer(.test(from: base, iterations: 60, l2: 0.1, form: form))
    _ = try trainer.fit(.neuron(inputs: features), to: dataset) { step in
      if step.iteration == 10 { first = allocation_count() }
      if step.iteration == 59 { last = allocation_count() }
    }
    return last - first
  }

  // In a separate process, so that no other test allocates at the same time. Dispatch makes two to four small allocations
  // when it starts work on all cores, which are allowed; one for each of sixteen blocks would exceed the limit.
  @Test("an iteration allocates nothing, except to start work on all cores")
  func iterations() async {
    await #expect(processExitsWith: .success) {
      for form in [DescentForm.primal, .dual] {
        for optimizer in [Optimizer.gradientDescent, .nesterov] {
          for (examples, limit) in [(20, 0), (200, form == .dual ? 0 : 300), (1100, 300)] {
            let count = try Self.allocations(form, .test(optimizer), examples: examples, features: 30)
            if count > limit {
              print("\(form), \(optimizer), \(examples) examples: \(count)")
              fflush(nil)
              exit(1)
            }
          }
        }
      }
    }
  }

  @Test("a batch allocates nothing, except to start work on all cores")
  func batches() async {
    await #expect(processExitsWith: .success) {
      for (features, hidden, limit) in [(30, [10], 0), (700, [64, 32], 1200)] {
        for augmentation in [Augmentation.none, Augmentation(mirror: true)] {
          let count = try Self.allocations(inBatchesOf: 128, features: features, hidden: hidden, augmentation)
          if count > limit {
            print("\(features) features, \(hidden) hidden units, \(augmentation): \(count)")
            fflush(nil)
            exit(1)
          }
        }
      }
    }
  }

  /// The number of allocations between two of 100 batches.
  static func allocations(inBatchesOf size: Int, features: Int, hidden: [Int], _ augmentation: Augmentation) throws
    -> Int
  {
    let dataset = try randomDataset(examples: 3 * size, features: features, classes: 3, seed: 26)
    var (first, last) = (0, 0)
    _ = try Trainer(.test(.adam, iterations: 120, batchSize: size, augmentation: augmentation))
      .fit(Network(inputs: features, hidden: hidden, classes: 3), to: dataset) { step in
        if step.iteration == 10 { first = allocation_count() }
        if step.iteration == 110 { last = allocation_count() }
      }
    return last - first
  }

  @Test("the counter counts allocations")
  func counter() {
    let before = allocation_count()
    let numbers = (0..<Int.random(in: 100...200)).map { "number \($0) is long enough for memory of its own" }
    #expect(allocation_count() >= before + numbers.count)
  }
}
