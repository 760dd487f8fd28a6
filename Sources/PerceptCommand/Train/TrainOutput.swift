import Percept

/// The article's summary of shapes.
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

/// The result of a training, for machines.
struct TrainOutput: Encodable {
  struct Images: Encodable {
    let train: Int
    let val: Int?
    let test: Int
    let skipped: [SkippedOutput]
  }

  struct Settings: Encodable {
    let imageSize: Side
    let fit: String
    let color: String
    let optimizer: String
    let hidden: [Int]
    let activation: String?
    let momentum: Double?
    let batchSize: Int?
    let schedule: String?
    let augmentation: String?
    let l2: Double?
    let l1: Double?
    let classWeights: [Double]?
    let labelSmoothing: Double?
    let scale: String?
    let learningRate: Double
    let automaticLearningRate: Bool
    let iterations: Int
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
  let settings: Settings
  let stableLearningRate: Double?
  /// What --calibrate did.
  let calibration: TemperatureCalibration?
  let diverged: Divergence?
  let costs: [Cost]
  let train: ScoreOutput?
  let val: ScoreOutput?
  let test: ScoreOutput?
  /// Pictures of val and test that were, before any were left out, in an earlier part too.
  let leaks: [LeakOutput]

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
    settings = Settings(
      imageSize: Side(preprocessing.size), fit: preprocessing.fit.rawValue, color: preprocessing.color.rawValue,
      optimizer: record.settings.optimizer, hidden: hidden.map(\.bias.count),
      activation: hidden.first?.activation.rawValue, momentum: record.settings.momentum,
      batchSize: record.settings.batchSize, schedule: record.settings.schedule,
      augmentation: record.settings.augmentation, l2: record.settings.l2,
      l1: record.settings.l1, classWeights: record.settings.classWeights,
      labelSmoothing: record.settings.labelSmoothing, scale: record.settings.scale,
      learningRate: record.settings.learningRate,
      automaticLearningRate: record.settings.isAutomatic, iterations: record.settings.iterations,
      testFraction: splits.draw?.fraction, seed: splits.draw?.seed)
    stableLearningRate = run.stableLearningRate
    self.calibration = calibration
    diverged = run.divergence
    // With batches a cost is that of an epoch.
    let epoch = record.settings.batchSize.map { (splits.training.count + $0 - 1) / $0 }
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

/// An image size as the flag takes it: a number for a square, else "WIDTHxHEIGHT".
enum Side: Encodable {
  case square(Int)
  case rectangle(String)

  init(_ size: ImageSize) {
    self = size.width == size.height ? .square(size.width) : .rectangle(size.text)
  }

  func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    switch self {
    case .square(let side): try container.encode(side)
    case .rectangle(let text): try container.encode(text)
    }
  }
}
