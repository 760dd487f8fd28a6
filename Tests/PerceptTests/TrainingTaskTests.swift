import Dispatch
import Percept
import PerceptTestSupport
import Synchronization
import Testing

@Suite("Loading and training in tasks")
struct TrainingTaskTests {
  let folder: TemporaryFolder

  init() throws {
    folder = try TemporaryFolder()
    try folder.addImages([("all/a", 20), ("all/b", 20)])
  }

  @Test("a dataset and its training are those of the calls that block")
  func same() async throws {
    let dataset = try await Dataset(contentsOf: folder.path("all"))
    #expect(dataset.examples == (try Dataset(imageFolder: folder.path("all"))).examples)
    let (training, test) = dataset.split(test: 0.2, seed: 3)
    var configuration = TrainingConfiguration()
    configuration.iterations = 40
    let run = try await Trainer(configuration).start(on: training).result
    let expected = try Trainer(configuration).fit(.neuron(inputs: dataset.featureCount), to: training)
    #expect(run.classifier == expected.classifier && run.costs == expected.costs)
    let evaluation = try run.classifier.evaluate(on: test)
    #expect(evaluation.interval.contains(evaluation.accuracy))
  }

  @Test("more than two classes train softmax, and the newest progress is delivered")
  func progress() async throws {
    try folder.addImages([("three/a", 6), ("three/b", 6), ("three/c", 6)])
    let dataset = try await Dataset(contentsOf: folder.path("three"))
    var configuration = TrainingConfiguration()
    configuration.iterations = 200
    let training = Trainer(configuration).start(on: dataset)
    let run = try await training.result
    // The reader comes after the training, so only the last iteration is left.
    var iterations: [Int] = []
    for try await progress in training.progress { iterations.append(progress.iteration) }
    #expect(iterations == [199])
    #expect(run.classifier.network.layers[0].activation == .softmax)
  }

  @Test(
    "cancelling the task stops a training, whether it waits for the result or for progress", arguments: [true, false])
  func cancelTraining(readsProgress: Bool) async throws {
    let dataset = try await Dataset(contentsOf: folder.path("all"))
    var configuration = TrainingConfiguration()
    configuration.iterations = 1_000_000_000
    let training = Trainer(configuration).start(on: dataset)
    let task = Task {
      if readsProgress {
        for try await _ in training.progress {}
      } else {
        _ = try await training.result
      }
    }
    task.cancel()
    _ = await task.result
    await #expect(throws: CancellationError.self) { try await training.result }
  }

  @Test("an error of a training ends progress and result")
  func failure() async throws {
    let dataset = try await Dataset(contentsOf: folder.path("all"))
    var configuration = TrainingConfiguration()
    configuration.momentum = 2
    configuration.optimizer = .momentum
    let training = Trainer(configuration).start(on: dataset)
    await #expect(throws: ConfigurationError.self) { for try await _ in training.progress {} }
    await #expect(throws: ConfigurationError.self) { try await training.result }
  }

  @Test("cancelling the task stops loading")
  func cancelLoading() async throws {
    let path = folder.path("all")
    let decoded = Mutex(0)
    let (firstIsDecoded, isCancelled) = (DispatchSemaphore(value: 0), DispatchSemaphore(value: 0))
    let task = Task {
      try await Dataset(contentsOf: path) { count, _ in
        decoded.withLock { $0 = count }
        guard count == 1 else { return }
        firstIsDecoded.signal()
        isCancelled.wait()
      }
    }
    try await off { firstIsDecoded.wait() }
    task.cancel()
    isCancelled.signal()
    await #expect(throws: CancellationError.self) { try await task.value }
    #expect(decoded.withLock { $0 } < 40)
  }

  @Test("the split is that of the data, if there is one; validation replaces a missing test split")
  func givenSplit() async throws {
    try folder.addImages([("given/train/a", 5), ("given/train/b", 4), ("given/test/a", 3), ("given/test/b", 2)])
    try folder.addImages([("val/train/a", 5), ("val/train/b", 4), ("val/val/a", 1), ("val/val/b", 2)])
    let given = try await Dataset(contentsOf: folder.path("given")).split(test: 0.9, seed: 1)
    #expect(given.training.count == 9 && given.test.count == 5)
    let validated = try await Dataset(contentsOf: folder.path("val")).split(test: 0.9, seed: 1)
    #expect(validated.training.count == 9 && validated.test.count == 3)
  }

  @Test("a frame with padded rows and any order of channels is the image of its pixels, over white")
  func frames() {
    let rgb: [UInt8] = [10, 20, 30, 40, 50, 60]
    let image = Image(width: 2, height: 1, color: .rgb, pixels: rgb)
    #expect(Image(width: 2, height: 1, format: .rgb, pixels: rgb) == image)
    #expect(Image(width: 2, height: 1, format: .rgba, pixels: [10, 20, 30, 255, 40, 50, 60, 255]) == image)
    #expect(Image(width: 2, height: 1, format: .bgra, pixels: [30, 20, 10, 255, 60, 50, 40, 255, 9]) == image)
    #expect(Image(width: 1, height: 1, format: .rgba, pixels: [0, 0, 0, 0]).pixels == [255, 255, 255])
    let padded = Image(width: 1, height: 2, format: .rgb, pixels: [1, 2, 3, 0, 4, 5, 6], bytesPerRow: 4)
    #expect(padded.pixels == [1, 2, 3, 4, 5, 6])
    #expect(
      Image(width: 2, height: 1, format: .gray, pixels: [7, 8])
        == Image(width: 2, height: 1, color: .gray, pixels: [7, 8]))
  }
}
