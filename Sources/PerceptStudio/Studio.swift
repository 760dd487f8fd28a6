package import PerceptDatasets
import PerceptFigures
package import PerceptImages
import PerceptModels
import PerceptTraining
import Synchronization

/// The pictures of a studio, and the last trainings on them.
package final class Studio: Sendable {
  /// The data, and how pictures of it become features unless the page says otherwise.
  package struct Data: Sendable {
    package let source: DataSource
    package let preprocessing: Preprocessing
    package let testFraction: Double
    package let seed: UInt64
    package let cache: PixelCache?
    /// The arguments of `percept train` that choose all this.
    package let arguments: [String]

    package init(
      _ source: DataSource, preprocessing: Preprocessing, testFraction: Double, seed: UInt64, cache: PixelCache?,
      arguments: [String]
    ) {
      self.source = source
      self.preprocessing = preprocessing
      self.testFraction = testFraction
      self.seed = seed
      self.cache = cache
      self.arguments = arguments
    }
  }

  package let data: Data
  private let splits = Mutex(LRUCache<Preprocessing, DatasetSplits>(limit: 4))
  private let sessions: Mutex<LRUCache<StudioSettings, TrainingSession>>

  /// A studio; reads the pictures once, so that what is wrong with them is known at once.
  ///
  /// - Parameters:
  ///   - data: where the pictures are.
  ///   - progress: how many of how many are read.
  /// - Throws: `DatasetError` and its like where the data cannot be trained with.
  package init(_ data: Data, progress: (@Sendable (Int, Int) -> Void)? = nil) throws {
    self.data = data
    let splits = try Self.splits(data, data.preprocessing, progress: progress)
    self.splits.withLock { $0[data.preprocessing] = splits }
    var start = StudioSettings(preprocessing: data.preprocessing)
    (start.iterations, start.learningRate) = (1, .fixed(1e-3))
    if let stable = try TrainingSession(start, splits, seed: data.seed).run.stableLearningRate {
      start.learningRate = .fixed(Ticks.below(stable))
    }
    start.iterations = Self.iterations(for: splits.training)
    self.start = start
    // A lesson keeps an answer for every picture.
    sessions = Mutex(LRUCache(limit: max(2, min(16, 100_000 / splits.training.count))))
  }

  /// Where the page begins: a neuron at the largest round rate that is stable.
  package let start: StudioSettings

  /// A thousand iterations, or as many as are done in about two seconds.
  private static func iterations(for dataset: Dataset) -> Int {
    let units = Network.logitCount(classes: dataset.classNames.count)
    let multiplications = Double(dataset.count) * Double(dataset.featureCount * units)
    return dataset.count <= StudioSettings.mostInDualForm
      ? 1000 : [500, 200, 100, 50].first { Double($0) * multiplications < 1e10 } ?? 20
  }

  /// The pictures, made in one way.
  package func splits(_ preprocessing: Preprocessing) throws -> DatasetSplits {
    if let known = splits.withLock({ $0[preprocessing] }) { return known }
    let made = try Self.splits(data, preprocessing)
    splits.withLock { $0[preprocessing] = made }
    return made
  }

  private static func splits(
    _ data: Data, _ preprocessing: Preprocessing, progress: (@Sendable (Int, Int) -> Void)? = nil
  ) throws -> DatasetSplits {
    let dataset = try Dataset(data.source, preprocessing: preprocessing, cache: data.cache, progress: progress)
    return try DatasetSplits(of: dataset, testFraction: data.testFraction, seed: data.seed, path: data.source.path)
  }

  /// What comes of settings, from memory where they were asked for before.
  ///
  /// - Parameters:
  ///   - settings: what is set.
  ///   - observe: called with every iteration that is computed and the last frame; may throw `StopTraining`.
  /// - Returns: the training and what came of it.
  /// - Throws: `TrainingError`, `DatasetError`, and what `observe` throws.
  func session(
    _ settings: StudioSettings, observe: (Iteration, TrainingSession.Frame) throws -> Void = { _, _ in }
  ) throws -> TrainingSession {
    if let known = sessions.withLock({ $0[settings] }) { return known }
    let session = try TrainingSession(settings, try splits(settings.preprocessing), seed: data.seed, observe: observe)
    sessions.withLock { $0[session.settings] = session }
    return session
  }
}

/// The values that were asked for last.
struct LRUCache<Key: Hashable, Value> {
  private var values: [(key: Key, value: Value)] = []
  let limit: Int

  init(limit: Int) { self.limit = limit }

  subscript(key: Key) -> Value? {
    mutating get {
      guard let index = values.firstIndex(where: { $0.key == key }) else { return nil }
      values.append(values.remove(at: index))
      return values.last?.value
    }
    set {
      values.removeAll { $0.key == key }
      if let newValue { values.append((key, newValue)) }
      if values.count > limit { values.removeFirst() }
    }
  }
}
