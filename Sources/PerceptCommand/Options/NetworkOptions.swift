public import ArgumentParser
public import Percept

struct NetworkOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp("Units per hidden layer, as in 128,64. (default: none)", valueName: "units"),
    transform: Self.units)
  var hidden: [Int] = []

  @Option(help: ArgumentHelp("Activation of hidden layers.", valueName: "name"))
  var activation: Activation = .relu

  @Option(
    name: .customLong("init"),
    help: ArgumentHelp(
      "Initial weights: zeros, normal:0.01, xavier, he, lecun. (default: zeros; hidden: he or xavier)",
      valueName: "name"))
  var initialization: Initialization?

  @Option(
    name: .customLong("continue"),
    help: ArgumentHelp("Start from this model's weights.", valueName: "model"), completion: .model)
  var start: String?

  mutating func validate() throws {
    guard Activation.hidden.contains(activation) else {
      let names = Activation.allValueStrings.joined(separator: ", ")
      throw ValidationError("--activation must be one of \(names) (got \(activation.rawValue)).")
    }
    if start != nil, !hidden.isEmpty || initialization != nil {
      throw ValidationError("--continue takes the layers from the model; leave out --hidden and --init.")
    }
  }

  /// The model of `--continue`; nil without it.
  func earlierModel() throws -> Classifier? { try start.map { try Classifier(sharedAt: $0) } }

  /// Returns the initial network for unscaled features, and the trainer. Throws if the model to continue does not fit the data.
  func start(
    _ training: TrainingOptions, from earlier: Classifier? = nil, on dataset: Dataset, seed: UInt64
  ) throws -> (network: Network, Trainer) {
    let (network, isFresh) = try network(for: dataset, from: earlier, seed: seed)
    let trainer = Trainer(
      training.configuration(
        isDeep: network.layers.count > 1, examples: dataset.count, seed: seed,
        extractor: dataset.preprocessing.extractor))
    return (isFresh ? trainer.scaled(network, for: dataset) : network, trainer)
  }

  /// The network before `Trainer.scaled(_:for:)`. If it is fresh, its weights are for scaled features, otherwise for unscaled.
  func network(for dataset: Dataset, from earlier: Classifier? = nil, seed: UInt64) throws
    -> (network: Network, isFresh: Bool)
  {
    if let earlier {
      try earlier.check(fits: dataset)
      return (earlier.network, false)
    }
    let network = Network(
      inputs: dataset.featureCount, hidden: hidden, classes: dataset.classNames.count, activation: activation,
      initialization: initialization, seed: seed)
    return (network, true)
  }

  /// Parses the value of `--hidden`.
  private static func units(_ text: String) throws -> [Int] {
    try text.split(separator: ",", omittingEmptySubsequences: false).map { item in
      guard let count = Int(item), (1...100_000).contains(count) else {
        throw ValidationError(
          "--hidden must be numbers from 1 to 100000, separated by commas, such as 128,64 (got \(text)).")
      }
      return count
    }
  }
}

extension Activation: ExpressibleByArgument {
  /// The values in help: the activations for hidden layers.
  public static var allValueStrings: [String] { hidden.map(\.rawValue) }
}

extension Initialization: ExpressibleByArgument {
  /// The initialization of `zeros`, `normal:DEVIATION` such as `normal:0.01`, `xavier`, `he` or `lecun`; nil for any other text.
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
