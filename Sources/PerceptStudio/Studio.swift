import PerceptDataQuality
package import PerceptDatasets
package import PerceptFeatures
import PerceptFigures
import PerceptImages
import PerceptModels
import PerceptTraining
import Synchronization

/// The dataset of a studio, with caches of its preprocessed splits and of the most recent trainings.
package final class Studio: Sendable {
  /// The data source, its split, and the default preprocessing; the page's settings may override the preprocessing.
  package struct Data: Sendable {
    package let source: DataSource
    package let preprocessing: Preprocessing
    package let testFraction: Double
    package let seed: UInt64
    package let cache: PixelCache?
    /// The arguments of `percept train` that select the same data and split.
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
  private let ablations = Mutex(LRUCache<Preprocessing, AblationNeurons>(limit: 4))

  /// Reads every image once, so that invalid data fails here and not on the page: throws `DatasetError`, and other
  /// errors of reading. `progress` gets the number of images read so far and the total.
  package init(_ data: Data, progress: (@Sendable (Int, Int) -> Void)? = nil) throws {
    self.data = data
    let splits = try Self.splits(data, data.preprocessing, progress: progress)
    self.splits.withLock { $0[data.preprocessing] = splits }
    var start = StudioSettings(preprocessing: data.preprocessing)
    (start.configuration.iterations, start.learningRate) = (1, .fixed(1e-3))
    if let stable = try TrainingSession(start, splits, seed: data.seed).run.stableLearningRate {
      start.learningRate = .fixed(Ticks.below(stable))
    }
    start.configuration.iterations = Self.iterations(for: splits.training)
    self.start = start
    // A session holds a prediction for every image, so larger datasets keep fewer sessions.
    sessions = Mutex(LRUCache(limit: max(2, min(16, 100_000 / splits.training.count))))
  }

  /// The page's initial settings: a single layer, trained at the largest round learning rate that is stable.
  package let start: StudioSettings

  /// The initial number of iterations: 1000, or fewer if 1000 would take longer than about two seconds.
  private static func iterations(for dataset: Dataset) -> Int {
    let units = Network.logitCount(classes: dataset.classNames.count)
    let multiplications = Double(dataset.count) * Double(dataset.featureCount * units)
    return dataset.count <= StudioSettings.mostInDualForm
      ? 1000 : [500, 200, 100, 50].first { Double($0) * multiplications < 1e10 } ?? 20
  }

  /// Returns the splits for a preprocessing, from the cache of the last four if possible. Throws errors of reading.
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
    var splits = try DatasetSplits(
      of: dataset, testFraction: data.testFraction, seed: data.seed, path: data.source.path)
    splits.draw = splits.draw ?? data.source.draw
    return splits
  }

  /// Returns the shortcut analysis of a session. The neurons that see ablated images do not depend on the settings of the
  /// training, and come from a cache if possible. Throws as `AblationNeurons.init`.
  func shortcuts(of session: TrainingSession) throws -> ShortcutAnalysis {
    let (preprocessing, evaluation) = (session.settings.preprocessing, session.judged.evaluation)
    let known = ablations.withLock { $0[preprocessing] }
    let neurons =
      try known ?? AblationNeurons(training: session.splits.training, test: evaluation.dataset)
    if known == nil { ablations.withLock { $0[preprocessing] = neurons } }
    return ShortcutAnalysis(of: evaluation, comparedWith: neurons)
  }

  /// Returns a session from the cache, or trains and calls `observe` with every iteration and the most recent frame. If
  /// it throws `StopTraining`, the session's settings have the number of iterations that ran.
  func session(
    _ settings: StudioSettings, observe: (Iteration, TrainingSession.Frame) throws -> Void = { _, _ in }
  ) throws -> TrainingSession {
    if let known = sessions.withLock({ $0[settings] }) { return known }
    let session = try TrainingSession(settings, try splits(settings.preprocessing), seed: data.seed, observe: observe)
    sessions.withLock { $0[session.settings] = session }
    return session
  }
}

/// A least-recently-used cache: keeps the `limit` values that were read or written last. Access takes O(limit) time.
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
