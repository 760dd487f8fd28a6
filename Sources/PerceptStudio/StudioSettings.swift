import HTTPTypes
import PerceptDatasets
package import PerceptFeatures
import PerceptIO
import PerceptImages
package import PerceptModels
import PerceptServer
import PerceptTraining

/// The settings in the page's address: preprocessing, hidden layers, and the training options that differ from the
/// defaults: `learningRate=0.005&iterations=1000&l2=0.0&size=64&color=rgb&hidden=`. `rate` is the old `learningRate`.
package struct StudioSettings: Hashable, Sendable {
  package var configuration: TrainingConfiguration
  package var preprocessing: Preprocessing
  /// The units of each hidden layer; empty for a single layer.
  package var hidden: [Int]
  /// The edition of the corrections of the data that the training uses; empty for none.
  package var edition = ""

  /// The largest values accepted. Longer trainings, or those that need more memory, are for the command line.
  static let most = (iterations: 100_000, side: 320, units: 1024, layers: 4)

  package init(preprocessing: Preprocessing) {
    self.preprocessing = preprocessing
    hidden = []
    configuration = .standard(isDeep: false, extractor: preprocessing.extractor)
  }

  /// The settings of a query, otherwise those of `start`. Throws ``RequestError`` that names the invalid value.
  package init(_ query: [String: String], from start: StudioSettings) throws {
    self = start
    if let text = query["size"] {
      let size = ImageSize(text)
      guard let size, max(size.width, size.height) <= Self.most.side else {
        throw Self.refusal("size", text, "must be a side from 1 to \(Self.most.side), or WIDTHxHEIGHT")
      }
      preprocessing.size = size
    }
    if let text = query["color"] {
      guard let color = ColorMode(rawValue: text) else { throw Self.refusal("color", text, "must be rgb or gray") }
      preprocessing.color = color
    }
    do throws(FeatureError) {
      try preprocessing.check()
    } catch {
      throw RequestError(.badRequest, "\(error)")
    }
    if let text = query["hidden"] {
      hidden = try text.split(separator: ",").map { units in
        guard let count = Int(units), (1...Self.most.units).contains(count) else {
          throw Self.refusal("hidden", text, "must be numbers from 1 to \(Self.most.units), separated by commas")
        }
        return count
      }
      guard hidden.count <= Self.most.layers else {
        throw Self.refusal("hidden", text, "must be at most \(Self.most.layers) layers")
      }
    }
    try setOptions(query, from: start.configuration)
  }

  private mutating func setOptions(_ query: [String: String], from start: TrainingConfiguration) throws {
    var query = query
    if let rate = query["rate"] { query["learningRate"] = query["learningRate"] ?? rate }
    query = query.filter { TrainingConfiguration.hasOption($0.key) && $0.key != "seed" }
    var configuration = hidden.isEmpty ? start : standard
    (configuration.learningRate, configuration.iterations, configuration.l2) = (
      start.learningRate, start.iterations, start.l2
    )
    do {
      configuration = try configuration.with(query.mapValues(JSONValue.init(parsing:)))
      if query["scaling"] == nil { configuration.scaling = standardScaling(of: configuration) }
      try configuration.check()
    } catch {
      throw Self.refusal(error.option, query[error.option] ?? "", error.problem)
    }
    guard (1...Self.most.iterations).contains(configuration.iterations) else {
      throw Self.refusal("iterations", "\(configuration.iterations)", "must be 1 to \(Self.most.iterations)")
    }
    self.configuration = configuration
  }

  private static func refusal(_ name: String, _ text: some StringProtocol, _ requirement: String) -> RequestError {
    RequestError(.badRequest, "\(name)=\(text): \(name) \(requirement)")
  }

  /// The learning rate. Setting it also sets the scaling that it needs, unless the scaling was chosen.
  package var learningRate: LearningRate {
    get { configuration.learningRate }
    set {
      let isStandard = configuration.scaling == standardScaling(of: configuration)
      configuration.learningRate = newValue
      if isStandard { configuration.scaling = standardScaling(of: configuration) }
    }
  }

  /// The configuration of `percept train` for these layers, without flags.
  private var standard: TrainingConfiguration {
    .standard(isDeep: !hidden.isEmpty, extractor: preprocessing.extractor)
  }

  private func standardScaling(of configuration: TrainingConfiguration) -> FeatureScaling {
    configuration.standardScaling(for: preprocessing.extractor)
  }

  /// The options besides learning rate, iterations and L2 that differ from ``standard``.
  private var otherOptions: [(key: String, value: JSONValue)] {
    let shown: Set = ["learningRate", "iterations", "l2", "seed"]
    return configuration.changes(from: standard).filter { name, _ in
      !shown.contains(name) && !(name == "scaling" && configuration.scaling == standardScaling(of: configuration))
    }.sorted { $0.key < $1.key }
  }

  package var query: String {
    "learningRate=\(learningRate)&iterations=\(configuration.iterations)&\(imageQuery)"
      + "&hidden=\(hidden.map(String.init).joined(separator: ","))&l2=\(configuration.l2)" + otherQuery
  }

  /// The part of the query that images of the dataset depend on.
  var imageQuery: String {
    "features=\(preprocessing.extractor.name)&" + preprocessing.query + (edition.isEmpty ? "" : "&edition=\(edition)")
  }

  /// The part of the query that no control of the page shows. Begins with `&` unless it is empty.
  var otherQuery: String { otherOptions.map { "&\($0.key)=\($0.value)" }.joined() }

  /// The trainer of `percept train`, in the dual form if that is fast: its coefficients are the training influence.
  func trainer(for dataset: Dataset, seed: UInt64) -> Trainer {
    var configuration = configuration
    configuration.seed = seed
    if isDual(for: dataset) { configuration.form = .dual }
    return Trainer(configuration)
  }

  /// Above this number of images, the Gram matrix takes too long for a slider.
  static let mostInDualForm = 2048

  private func isDual(for dataset: Dataset) -> Bool {
    hidden.isEmpty && dataset.count <= Self.mostInDualForm && configuration.form == .automatic
      && !configuration.isInBatches && configuration.l1 == 0
  }

  /// The arguments of `percept train` that give exactly this model, without the output file. `data` are the arguments
  /// that choose the data; `usual` is its preprocessing without flags.
  func arguments(data: [String], for dataset: Dataset, usual: Preprocessing) -> [String] {
    var arguments = ["percept", "train"] + data
    if preprocessing.size != usual.size { arguments += ["--image-size", preprocessing.size.text] }
    if preprocessing.color != usual.color { arguments += ["--color", preprocessing.color.rawValue] }
    if !hidden.isEmpty { arguments += ["--hidden", hidden.map(String.init).joined(separator: ",")] }
    arguments += ["--learning-rate", "\(learningRate)", "--iterations", "\(configuration.iterations)"]
    if configuration.l2 != standard.l2 { arguments += ["--l2", "\(configuration.l2)"] }
    if let batchSize = configuration.batchSize, batchSize == standard.batchSize,
      batchSize != TrainingConfiguration.standardBatchSize(examples: dataset.count)
    {
      arguments += ["--batch-size", "\(batchSize)"]
    }
    for (name, value) in otherOptions { arguments += [TrainingConfiguration.flag(of: name), "\(value)"] }
    let wouldBe = DescentForm.automatic.resolved(
      examples: dataset.count, features: dataset.featureCount,
      units: Network.logitCount(classes: dataset.classNames.count), iterations: configuration.iterations)
    if isDual(for: dataset), wouldBe != .dual { arguments += ["--form", "dual"] }
    return arguments
  }
}

extension Preprocessing {
  var query: String { "size=\(size.text)&color=\(color.rawValue)" }
}
