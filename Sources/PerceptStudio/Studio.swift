import HTTPTypes
import PerceptDataQuality
package import PerceptDatasets
package import PerceptFeatures
import PerceptFigures
import PerceptIO
import PerceptImages
import PerceptModels
import PerceptServer
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
    /// The arguments of `percept train` that select the same data, without ``testFraction``.
    package let arguments: [String]
    /// The arguments of `percept train` that set ``testFraction``.
    package let splitArguments: [String]
    /// The value of `--features` on the command line; nil for pixels.
    package let features: String?
    /// The preprocessing of the page if the features are pixels.
    package let pixels: Preprocessing
    /// The file that corrections are written to; nil if the page must not write any.
    package let corrections: String?

    package init(
      _ source: DataSource, preprocessing: Preprocessing, testFraction: Double, seed: UInt64, cache: PixelCache?,
      arguments: [String], splitArguments: [String] = [], features: String? = nil, pixels: Preprocessing? = nil,
      corrections: String? = nil
    ) {
      self.source = source
      self.preprocessing = preprocessing
      self.testFraction = testFraction
      self.seed = seed
      self.cache = cache
      self.arguments = arguments
      self.splitArguments = splitArguments
      self.features = features
      self.pixels = pixels ?? (preprocessing.extractor == .pixels ? preprocessing : source.defaultPreprocessing)
      self.corrections = corrections
    }
  }

  package let data: Data
  private let loaded = Mutex(LRUCache<Preprocessing, Loaded>(limit: 4))
  private let corrected = Mutex(LRUCache<Corrected, DatasetSplits>(limit: 4))
  private let sessions: Mutex<LRUCache<StudioSettings, TrainingSession>>
  let corrections: Mutex<Corrections?>
  let findings = Mutex<DataFindings?>(nil)
  /// The text that a request must contain to write corrections: proof that it comes from this page.
  let token: String

  /// The images for a preprocessing, and their splits without corrections.
  struct Loaded {
    let dataset: Dataset
    let splits: DatasetSplits
  }

  /// The splits that the file of corrections had at the start, if they were drawn: those of `percept train --labels`.
  private let drawn: Drawn?

  private typealias Drawn = (draw: SplitDraw, splits: [String: Split])

  private struct Corrected: Hashable {
    let preprocessing: Preprocessing
    let edition: String
  }
  private let ablations = Mutex(LRUCache<Corrected, AblationNeurons>(limit: 4))

  /// Reads every image once, so that invalid data fails here and not on the page: throws `DatasetError`, and other
  /// errors of reading. `progress` gets the number of images read so far and the total.
  package init(_ data: Data, progress: (@Sendable (Int, Int) -> Void)? = nil) throws {
    self.data = data
    let file = try data.corrections.flatMap { FileSystem.kind(of: $0) == nil ? nil : try CorrectionsFile($0) }
    drawn = file?.drawn
    let loaded = try Self.load(data, data.preprocessing, drawn, progress: progress)
    self.loaded.withLock { $0[data.preprocessing] = loaded }
    let splits = loaded.splits
    if let path = data.corrections, !data.source.hasFiles { throw DatasetError.fixedLabels(path: path) }
    corrections = Mutex(try data.corrections.map { try Corrections($0, file, of: loaded.dataset) })
    var random = SystemRandomNumberGenerator()
    token = (0..<4).map { _ in String(random.next() as UInt64, radix: 36) }.joined()
    start = try Self.start(data.preprocessing, splits, seed: data.seed)
    // A session holds a prediction for every image, so larger datasets keep fewer sessions.
    sessions = Mutex(LRUCache(limit: max(2, min(16, 100_000 / splits.training.count))))
  }

  /// The page's initial settings, see ``start(_:)``.
  package let start: StudioSettings
  private let otherStarts = Mutex([String: StudioSettings]())

  /// The initial settings for the features with a name; nil or an empty name for those of the command line. Throws
  /// ``RequestError`` if there are no such features, and errors of reading.
  func start(_ features: String?) throws -> StudioSettings {
    guard let name = features, !name.isEmpty, name != start.preprocessing.extractor.name else { return start }
    if let known = otherStarts.withLock({ $0[name] }) { return known }
    let preprocessing = try preprocessing(of: name)
    let made = try Self.start(preprocessing, splits(preprocessing), seed: data.seed)
    otherStarts.withLock { $0[name] = made }
    return made
  }

  /// The preprocessing that the page begins with for the features with a name. Throws ``RequestError`` if there are none.
  func preprocessing(of name: String) throws -> Preprocessing {
    guard name != data.preprocessing.extractor.name else { return data.preprocessing }
    guard extractorNames.contains(name), let extractor = try? FeatureExtractor(named: name) else {
      throw RequestError(
        .badRequest, "features=\(name): features must be one of \(extractorNames.joined(separator: ", "))")
    }
    var preprocessing = extractor == .pixels ? data.pixels : data.source.defaultPreprocessing(extractor)
    preprocessing.fit = data.preprocessing.fit
    return preprocessing
  }

  /// The names of the features that the page offers: pixels, HOG, the installed backbones, and those of the command line.
  var extractorNames: [String] {
    let own = data.preprocessing.extractor.name
    let usual = [FeatureExtractor.pixels, .hog].map(\.name) + Backbone.installedNames
    return usual + (usual.contains(own) ? [] : [own])
  }

  /// A single layer, trained at the largest round learning rate that is stable. Large data would need too many iterations of
  /// gradient descent, so it is trained with Nesterov's momentum and centered features.
  private static func start(_ preprocessing: Preprocessing, _ splits: DatasetSplits, seed: UInt64) throws
    -> StudioSettings
  {
    var start = StudioSettings(preprocessing: preprocessing)
    (start.configuration.iterations, start.learningRate) = (1, .fixed(1e-3))
    if let stable = try TrainingSession(start, splits, seed: seed).run.stableLearningRate {
      start.learningRate = .fixed(Ticks.below(stable))
    }
    start.configuration.iterations = iterations(for: splits.training)
    if splits.training.count > StudioSettings.mostInDualForm {
      start.configuration.optimizer = .nesterov
      start.learningRate = .automatic
    }
    return start
  }

  /// The initial number of iterations: 1000, or fewer if 1000 would take longer than about two seconds.
  private static func iterations(for dataset: Dataset) -> Int {
    let units = Network.logitCount(classes: dataset.classNames.count)
    let multiplications = Double(dataset.count) * Double(dataset.featureCount * units)
    return dataset.count <= StudioSettings.mostInDualForm
      ? 1000 : [500, 200, 100].first { Double($0) * multiplications < 1e10 } ?? 50
  }

  /// Returns the splits for a preprocessing without corrections, from the cache of the last four if possible. Throws errors of
  /// reading.
  package func splits(_ preprocessing: Preprocessing) throws -> DatasetSplits { try load(preprocessing).splits }

  /// Returns the splits of an edition of the corrections: none, or the current one. Throws ``RequestError`` for another edition,
  /// and errors of reading.
  func splits(_ settings: StudioSettings) throws -> DatasetSplits {
    guard !settings.edition.isEmpty else { return try splits(settings.preprocessing) }
    let key = Corrected(preprocessing: settings.preprocessing, edition: settings.edition)
    if let known = corrected.withLock({ $0[key] }) { return known }
    guard let corrections = corrections.withLock({ $0 }), corrections.edition == settings.edition else {
      throw RequestError(.conflict, "the corrections have changed; reload the page")
    }
    let made = try corrected(load(settings.preprocessing), by: corrections)
    corrected.withLock { $0[key] = made }
    return made
  }

  /// Returns the images for a preprocessing in the order of the data, without corrections. Throws errors of reading.
  func dataset(_ preprocessing: Preprocessing) throws -> Dataset { try load(preprocessing).dataset }

  func load(_ preprocessing: Preprocessing) throws -> Loaded {
    if let known = loaded.withLock({ $0[preprocessing] }) { return known }
    let made = try Self.load(data, preprocessing, drawn)
    loaded.withLock { $0[preprocessing] = made }
    return made
  }

  private static func load(
    _ data: Data, _ preprocessing: Preprocessing, _ drawn: Drawn?, progress: (@Sendable (Int, Int) -> Void)? = nil
  ) throws -> Loaded {
    var dataset = try Dataset(data.source, preprocessing: preprocessing, cache: data.cache, progress: progress)
    if let drawn, !dataset.isSplit {
      dataset = dataset.mapExamples { example in
        let file = (try? FileSystem.realPath(example.file)) ?? example.file
        return Example(file: example.file, label: example.label, split: drawn.splits[file] ?? .training)
      }
    }
    var splits = try DatasetSplits(
      of: dataset, testFraction: data.testFraction, seed: data.seed, path: data.source.path)
    splits.draw = splits.draw ?? data.source.draw ?? drawn?.draw
    return Loaded(dataset: dataset, splits: splits)
  }

  /// Returns the shortcut analysis of a session. The neurons that see ablated images do not depend on the settings of the
  /// training, and come from a cache if possible. Throws as `AblationNeurons.init`.
  func shortcuts(of session: TrainingSession) throws -> ShortcutAnalysis {
    let evaluation = session.judged.evaluation
    let key = Corrected(preprocessing: session.settings.preprocessing, edition: session.settings.edition)
    let known = ablations.withLock { $0[key] }
    let neurons =
      try known ?? AblationNeurons(training: session.splits.training, test: evaluation.dataset)
    if known == nil { ablations.withLock { $0[key] = neurons } }
    return ShortcutAnalysis(of: evaluation, comparedWith: neurons)
  }

  /// Returns a session from the cache, or trains and calls `observe` with every iteration and the most recent frame. If
  /// it throws `StopTraining`, the session's settings have the number of iterations that ran.
  func session(
    _ settings: StudioSettings, observe: (Iteration, TrainingSession.Frame) throws -> Void = { _, _ in }
  ) throws -> TrainingSession {
    if let known = sessions.withLock({ $0[settings] }) { return known }
    let session = try TrainingSession(settings, try splits(settings), seed: data.seed, observe: observe)
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
