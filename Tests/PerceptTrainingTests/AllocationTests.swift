import CPerceptAllocationCounter
import Glibc
import PerceptDatasets
import PerceptModels
import PerceptTraining
import Testing

@Suite("Memory of training")
struct AllocationTests {
  /// How often memory is asked for from one iteration to a later one.
  static func allocations(_ form: DescentForm, _ optimizer: Optimizer, examples: Int, features: Int) throws -> Int {
    let dataset = try randomDataset(examples: examples, features: features, seed: 25)
    var (first, last) = (0, 0)
    let trainer = Trainer(
      minimizing: Objective(.crossEntropy, l2: 0.1), with: optimizer, iterations: 60, form: form)
    _ = try trainer.fit(.neuron(inputs: features), to: dataset) { step in
      if step.iteration == 10 { first = allocation_count() }
      if step.iteration == 59 { last = allocation_count() }
    }
    return last - first
  }

  // In a process of its own, so that nothing else asks for memory at the same time. What little is allowed is Dispatch's, which
  // starts work on all cores with two to four small pieces; one for each of sixteen blocks would be too much.
  @Test("an iteration takes none, and on all cores no more than starting them needs")
  func iterations() async {
    await #expect(processExitsWith: .success) {
      for form in [DescentForm.primal, .dual] {
        for optimizer in [Optimizer.gradientDescent(), .nesterov()] {
          for (examples, limit) in [(20, 0), (200, form == .dual ? 0 : 300), (1100, 300)] {
            let count = try Self.allocations(form, optimizer, examples: examples, features: 30)
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

  @Test("the counter counts")
  func counter() {
    let before = allocation_count()
    let numbers = (0..<Int.random(in: 100...200)).map { "number \($0) is long enough for memory of its own" }
    #expect(allocation_count() >= before + numbers.count)
  }
}
