public import ArgumentParser
public import Percept

/// What kind of network learns, and where it starts.
struct NetworkOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp("The units of each hidden layer, as in 128,64. (default: none)", valueName: "units"),
    transform: Self.units)
  var hidden: [Int] = []

  @Option(help: "What hidden layers apply.")
  var activation: Activation = .relu

  @Option(
    name: .customLong("init"),
    help: ArgumentHelp(
      "Where weights start: zeros, normal:DEVIATION, xavier, he or lecun. (default: zeros; hidden layers: he or xavier)",
      valueName: "how"))
  var initialization: Initialization?

  @Option(
    name: .customLong("continue"),
    help: ArgumentHelp("Start from this model's weights.", valueName: "model"))
  var start: String?

  mutating func validate() throws {
    guard Activation.hidden.contains(activation) else {
      throw ValidationError("--activation softmax is for last layers.")
    }
    if start != nil, !hidden.isEmpty || initialization != nil {
      throw ValidationError("--continue takes its layers from the model; leave out --hidden and --init.")
    }
  }

  /// Where a network starts that learns a dataset, and the trainer that trains it.
  ///
  /// - Throws: `ModelError` when the model to continue does not fit the data.
  func start(_ training: TrainingOptions, on dataset: Dataset, seed: UInt64) throws -> (network: Network, Trainer) {
    let (network, isFresh) = try network(for: dataset, seed: seed)
    let trainer = training.trainer(isDeep: network.layers.count > 1, examples: dataset.count, seed: seed)
    return (isFresh ? trainer.scaled(network, for: dataset) : network, trainer)
  }

  /// The network that learns a dataset, its weights for features as `trainer` scales them.
  ///
  /// - Throws: `ModelError` when the model to continue does not fit the data.
  func network(for dataset: Dataset, seed: UInt64) throws -> (network: Network, isFresh: Bool) {
    if let start {
      let classifier = try Classifier(contentsOf: start)
      try classifier.check(fits: dataset)
      return (classifier.network, false)
    }
    let network = Network(
      inputs: dataset.featureCount, hidden: hidden, classes: dataset.classNames.count, activation: activation,
      initialization: initialization, seed: seed)
    return (network, true)
  }

  private static func units(_ text: String) throws -> [Int] {
    try text.split(separator: ",", omittingEmptySubsequences: false).map { part in
      guard let count = Int(part), (1...100_000).contains(count) else {
        throw ValidationError("--hidden takes numbers of units with commas between them, as in 128,64, not \(text).")
      }
      return count
    }
  }
}

extension Activation: ExpressibleByArgument {
  /// What help lists: what hidden layers may apply.
  public static var allValueStrings: [String] { hidden.map(\.rawValue) }
}

extension Initialization: ExpressibleByArgument {
  /// What `--init` takes: `zeros`, `normal:0.01`, `xavier`, `he`, `lecun`.
  public init?(argument: String) {
    switch argument {
    case "zeros": self = .zeros
    case "xavier": self = .xavier
    case "he": self = .he
    case "lecun": self = .lecun
    default:
      guard argument.hasPrefix("normal:"), let deviation = Double(argument.dropFirst(7)), deviation >= 0,
        deviation.isFinite
      else { return nil }
      self = .normal(deviation)
    }
  }
}
