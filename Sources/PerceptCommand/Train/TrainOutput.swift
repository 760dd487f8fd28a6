import FoundationEssentials
import Percept

/// The summary of classes, counts, and shapes, as in the article.
struct Summary {
  let lines: [String]

  init(_ splits: DatasetSplits) {
    let size = splits.training.preprocessing.size
    let channels = splits.training.preprocessing.color.channelCount
    let features = splits.training.featureCount
    let test = splits.test?.count ?? 0
    lines = [
      "Classes: " + splits.training.classNames.enumerated().map { "\($1) (\($0))" }.joined(separator: ", "),
      "Number of training examples: m_train = \(splits.training.count)",
      "Number of testing examples: m_test = \(test)",
      size.width == size.height
        ? "Height/Width of each image: num_px = \(size.width)"
        : "Height and width of each image: \(size.height) and \(size.width)",
      "Each image is of size: (\(size.height), \(size.width), \(channels))",
      "train_x shape: (\(features), \(splits.training.count))",
      "y_train shape: (1, \(splits.training.count))",
      "test_x shape: (\(features), \(test))",
      "y_test shape: (1, \(test))",
    ]
  }

  func print() {
    lines.forEach(Terminal.note)
  }
}

struct TrainOutput: Encodable {
  struct Images: Encodable {
    let train: Int
    let val: Int?
    let test: Int
    let skipped: [SkippedOutput]
  }

  struct PreprocessingOutput: Encodable {
    let imageSize: Side
    let fit: ResizeMode
    let color: ColorMode
    /// The name of the features.
    let features: String
  }

  struct NetworkOutput: Encodable {
    let hidden: [Int]
    let activation: Activation?
  }

  /// How the test split was drawn; empty if the data defines its splits.
  struct SplitOutput: Encodable {
    let testFraction: Double?
    let seed: UInt64?
  }

  struct Cost: Encodable {
    let iteration: Int
    let cost: Double
  }

  let model: String
  let classes: [String]
  let images: Images
  let configuration: TrainingConfiguration
  /// The learning rate that was used, also if it was chosen automatically.
  let learningRate: Double
  let preprocessing: PreprocessingOutput
  let network: NetworkOutput
  let split: SplitOutput
  /// The settings in the format of version 1. Deprecated: use `configuration`, `preprocessing`, `network` and `split`.
  let settings: [String: JSONValue]
  let stableLearningRate: Double?
  /// The result of `--calibrate`; missing without it.
  let calibration: TemperatureCalibration?
  let diverged: Divergence?
  let costs: [Cost]
  let train: ScoreOutput?
  let val: ScoreOutput?
  let test: ScoreOutput?
  /// The leaks between the splits, including those that `--drop-leaks` removed.
  let leaks: [LeakOutput]
  /// The number of processes; missing for one.
  let ranks = Cluster.current?.count

  init(
    _ run: TrainingRun, _ splits: DatasetSplits, _ leaks: [Leak], _ calibration: TemperatureCalibration?, model: String,
    costEvery: Int
  ) {
    let (record, preprocessing) = (run.classifier.record, run.classifier.preprocessing)
    self.model = model
    classes = run.classifier.classNames
    images = Images(
      train: splits.training.count, val: splits.validation?.count, test: splits.test?.count ?? 0,
      skipped: splits.training.skipped.map(SkippedOutput.init))
    let hidden = run.classifier.network.layers.dropLast()
    (configuration, learningRate) = (record.configuration, record.learningRate)
    self.preprocessing = PreprocessingOutput(
      imageSize: Side(preprocessing.size), fit: preprocessing.fit, color: preprocessing.color,
      features: preprocessing.extractor.name)
    network = NetworkOutput(hidden: hidden.map(\.bias.count), activation: hidden.first?.activation)
    split = SplitOutput(testFraction: splits.draw?.testFraction, seed: splits.draw?.seed)
    settings = Self.settings(
      Version1Settings(
        record.configuration, learningRate: record.learningRate, classCounts: splits.training.classCounts),
      preprocessing: self.preprocessing, network, split)
    stableLearningRate = run.stableLearningRate
    self.calibration = calibration
    diverged = run.divergence
    // In batches, each recorded cost is the cost of an epoch.
    let epoch = record.configuration.batchSize.map { (splits.training.count + $0 - 1) / $0 }
    let step = epoch == nil ? costEvery : 1
    costs = stride(from: 0, to: run.costs.count, by: step).map {
      Cost(iteration: $0 * (epoch ?? 1), cost: run.costs[$0])
    }
    self.leaks = leaks.map(LeakOutput.init)
    train = record.scores["train"].map(ScoreOutput.init)
    val = record.scores["val"].map(ScoreOutput.init)
    test = record.scores["test"].map(ScoreOutput.init)
  }
}

extension TrainOutput {
  private static func settings(_ settings: Version1Settings, preprocessing: some Encodable, _ others: any Encodable...)
    -> [String: JSONValue]
  {
    func members(_ value: some Encodable) -> [String: JSONValue] {
      let data = try? JSONEncoder().encode(value)
      return data.flatMap { try? JSONDecoder().decode(JSONValue.self, from: $0) }?.members ?? [:]
    }
    var all = others.reduce(members(settings).merging(members(preprocessing)) { $1 }) { all, other in
      all.merging(members(other)) { $1 }
    }
    all["automaticLearningRate"] = all.removeValue(forKey: "isAutomatic")
    return all
  }
}

/// An image size as `--image-size` accepts it: a number for a square, otherwise "WIDTHxHEIGHT".
struct Side: Encodable {
  let size: ImageSize

  init(_ size: ImageSize) { self.size = size }

  func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    if size.width == size.height { try container.encode(size.width) } else { try container.encode(size.text) }
  }
}
