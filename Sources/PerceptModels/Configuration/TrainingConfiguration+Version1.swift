/// The training settings in version 1 of the model file, which stores the labels that the interface used to show. Only
/// this file uses these labels. `percept train --json` still prints them under the deprecated key "settings".
package struct Version1Settings: Codable {
  package var optimizer: String
  package var momentum: Double?
  package var learningRate: Double
  package var isAutomatic: Bool
  package var iterations: Int
  package var batchSize: Int?
  package var schedule: String?
  package var augmentation: String?
  package var l2: Double?
  package var l1: Double?
  package var classWeights: [Double]?
  package var labelSmoothing: Double?
  package var scale: String?

  /// `learningRate` is the rate before the schedule is applied; `classCounts` are the numbers of training examples.
  package init(_ configuration: TrainingConfiguration, learningRate: Double, classCounts: [Int]) {
    optimizer = configuration.optimizer.version1Name
    momentum = configuration.effectiveMomentum
    self.learningRate = learningRate
    isAutomatic = configuration.learningRate == .automatic
    iterations = configuration.iterations
    batchSize = configuration.batchSize
    schedule = configuration.version1Schedule == "constant" ? nil : configuration.version1Schedule
    augmentation = configuration.augmentation == .none ? nil : configuration.augmentation.version1Name
    l2 = configuration.l2 == 0 ? nil : configuration.l2
    l1 = configuration.l1 == 0 ? nil : configuration.l1
    labelSmoothing = configuration.labelSmoothing == 0 ? nil : configuration.labelSmoothing
    classWeights =
      configuration.classWeights == .equal ? nil : configuration.classWeights.weights(counts: classCounts)
    scale = configuration.scaling == .standardized ? "standardize" : nil
  }

  /// The configuration that these settings describe; nil if a label is not valid in version 1. Version 1 allowed other
  /// programs to store optimizers of their own. They are read as gradient descent.
  package var configuration: TrainingConfiguration? {
    guard let (schedule, warmUp) = Self.schedule(schedule ?? "constant"),
      let augmentation = Augmentation(version1Name: augmentation ?? ""), scale == nil || scale == "standardize"
    else { return nil }
    return TrainingConfiguration {
      $0.optimizer = Optimizer(version1Name: optimizer) ?? .gradientDescent
      $0.momentum = momentum ?? $0.momentum
      // L-BFGS has no learning rate; its files contain 1 and automatic.
      $0.learningRate = isAutomatic ? .automatic : .fixed(learningRate)
      $0.iterations = iterations
      $0.batchSize = batchSize
      ($0.schedule, $0.warmUp) = (schedule, warmUp)
      $0.augmentation = augmentation
      $0.l2 = l2 ?? 0
      $0.l1 = l1 ?? 0
      $0.labelSmoothing = labelSmoothing ?? 0
      $0.classWeights = classWeights.map { .given($0) } ?? .equal
      $0.scaling = scale == nil ? $0.version1StandardScaling : .standardized
    }
  }

  private static func schedule(_ label: String) -> (Schedule, warmUp: Double)? {
    let parts = label.split(separator: ", warm-up ", maxSplits: 1)
    let words = (parts.first ?? "").split(separator: " ")
    guard let warmUp = parts.count == 1 ? 0 : Double(parts[1]) else { return nil }
    switch (words.first, words.count) {
    case ("constant", 1): return (.constant, warmUp)
    case ("cosine", 1): return (.cosine, warmUp)
    case ("step", 4):
      guard let every = Double(words[1]), let factor = Double(words[3]) else { return nil }
      return (.step(every: every, factor: factor), warmUp)
    default: return nil
    }
  }
}

extension TrainingConfiguration {
  /// The configuration in a version-1 checkpoint.
  package var version1Identity: [String: String] {
    [
      "optimizer": optimizer.version1Name, "momentum": effectiveMomentum.map { "\($0)" },
      "learning rate": learningRate.description, "iterations": "\(iterations)", "L1": "\(l1)", "L2": "\(l2)",
      "class weights": version1ClassWeights, "label smoothing": "\(labelSmoothing)",
      "scale": version1Scale, "form": form.rawValue,
      "batch size": batchSize.map { "\($0)" }, "schedule": version1Schedule, "seed": "\(seed)",
      "augmentation": augmentation == .none ? nil : augmentation.version1Name,
      "patience": earlyStopping.map { "\($0.patience)" },
      "iterations between looks": earlyStopping.map { "\($0.every)" },
    ].compactMapValues(\.self)
  }

  /// The scaling that version 1 chose automatically.
  fileprivate var version1StandardScaling: FeatureScaling {
    learningRate == .automatic && !isInBatches ? .centered : .unit
  }

  /// The label of the scaling in version 1, which had none for another choice than ``version1StandardScaling``.
  private var version1Scale: String {
    switch scaling {
    case .standardized: "standardize"
    case version1StandardScaling: "unit"
    default: scaling.rawValue + ", chosen"
    }
  }

  private var version1ClassWeights: String {
    if case .given(let weights) = classWeights { "given(\(weights))" } else { classWeights.description }
  }

  fileprivate var version1Schedule: String {
    let shape =
      switch schedule {
      case .constant: "constant"
      case .cosine: "cosine"
      case .step(let every, let factor): "step \(every) x \(factor)"
      }
    return warmUp == 0 ? shape : "\(shape), warm-up \(warmUp)"
  }
}

extension Optimizer {
  fileprivate var version1Name: String {
    switch self {
    case .gradientDescent: "gradient descent"
    case .momentum: "momentum"
    case .nesterov: "Nesterov"
    case .adam: "Adam"
    case .adamW: "AdamW"
    case .lbfgs: "L-BFGS"
    }
  }

  fileprivate init?(version1Name: String) {
    guard let optimizer = Self.allCases.first(where: { $0.version1Name == version1Name }) else { return nil }
    self = optimizer
  }
}

extension Augmentation {
  /// The label in version 1, such as `mirror, shift 0.1, rotate 10, brightness 0.2`; empty for ``none``.
  fileprivate var version1Name: String {
    self == .none ? "" : description.replacing(":", with: " ").replacing(",", with: ", ")
  }

  fileprivate init?(version1Name: String) {
    guard !version1Name.isEmpty else {
      self = .none
      return
    }
    self.init(version1Name.replacing(", ", with: ",").replacing(" ", with: ":"))
  }
}
