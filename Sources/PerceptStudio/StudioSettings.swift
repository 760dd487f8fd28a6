import HTTPTypes
import PerceptDatasets
package import PerceptImages
import PerceptModels
import PerceptServer
package import PerceptTraining

/// What can be set in the studio, as the page's addresses carry it: `rate=0.005&iterations=1000&size=64&color=rgb&hidden=&l2=0`.
package struct StudioSettings: Hashable, Sendable {
  package var learningRate: LearningRate
  package var iterations: Int
  package var preprocessing: Preprocessing
  /// The units of each hidden layer, none for a neuron.
  package var hidden: [Int]
  package var l2: Double

  /// The largest numbers taken: what is longer than minutes or larger than the memory of a small machine is for the command line.
  static let most = (iterations: 100_000, side: 256, units: 1024, layers: 4)

  /// Where the page begins.
  package init(preprocessing: Preprocessing) {
    learningRate = .automatic
    iterations = 1000
    self.preprocessing = preprocessing
    hidden = []
    l2 = 0
  }

  /// The settings of a query; what it does not name is as in `start`.
  ///
  /// - Throws: ``RequestError`` that names what cannot be.
  package init(_ query: [String: String], from start: StudioSettings) throws {
    self = start
    if let text = query["rate"] {
      guard let rate = Self.rate(text) else { throw Self.refusal("rate", text, "auto or a positive number") }
      learningRate = rate
    }
    if let text = query["iterations"] {
      iterations = try Self.number(text, "iterations", 1...Self.most.iterations)
    }
    if let text = query["size"] {
      let size = ImageSize(text)
      guard let size, max(size.width, size.height) <= Self.most.side else {
        throw Self.refusal("size", text, "a side from 1 to \(Self.most.side), or WIDTHxHEIGHT")
      }
      preprocessing.size = size
    }
    if let text = query["color"] {
      guard let color = ColorMode(rawValue: text) else { throw Self.refusal("color", text, "rgb or gray") }
      preprocessing.color = color
    }
    if let text = query["hidden"] {
      hidden = try text.split(separator: ",").map { try Self.number($0, "hidden", 1...Self.most.units) }
      guard hidden.count <= Self.most.layers else {
        throw Self.refusal("hidden", text, "at most \(Self.most.layers) layers")
      }
    }
    if let text = query["l2"] {
      guard let value = Double(text), value >= 0, value.isFinite else {
        throw Self.refusal("l2", text, "0 or a positive number")
      }
      l2 = value
    }
  }

  private static func rate(_ text: String) -> LearningRate? {
    if text == "auto" { return .automatic }
    guard let rate = Double(text), rate > 0, rate.isFinite else { return nil }
    return .fixed(rate)
  }

  private static func number(_ text: some StringProtocol, _ name: String, _ range: ClosedRange<Int>) throws -> Int {
    guard let number = Int(text), range.contains(number) else {
      throw refusal(name, text, "a number from \(range.lowerBound) to \(range.upperBound)")
    }
    return number
  }

  private static func refusal(_ name: String, _ text: some StringProtocol, _ wanted: String) -> RequestError {
    RequestError(.badRequest, "\(name)=\(text) cannot be: it is \(wanted)")
  }

  /// The query that gives these settings.
  package var query: String {
    "rate=\(learningRate.text)&iterations=\(iterations)&\(preprocessing.query)"
      + "&hidden=\(hidden.map(String.init).joined(separator: ","))&l2=\(l2)"
  }

  /// The trainer that `percept train` would take.
  ///
  /// - Parameters:
  ///   - dataset: what it is for.
  ///   - seed: what random choices start from.
  /// - Returns: gradient descent for neurons, Adam in batches for networks with hidden layers.
  func trainer(for dataset: Dataset, seed: UInt64) -> Trainer {
    let objective = Objective(.crossEntropy, l2: l2)
    guard hidden.isEmpty else {
      return Trainer(
        minimizing: objective, with: .adam(learningRate: learningRate), iterations: iterations,
        batchSize: Self.batchSize, seed: seed)
    }
    return Trainer(
      minimizing: objective, with: .gradientDescent(learningRate: learningRate), iterations: iterations,
      form: form(for: dataset), seed: seed)
  }

  /// How many pictures an update of a network with hidden layers looks at.
  private static let batchSize = 128

  /// With more pictures the table of their products with each other takes longer than hands move.
  static let mostInDualForm = 2048

  /// The dual form wherever it can be, since its coefficients are the recipe.
  private func form(for dataset: Dataset) -> DescentForm { dataset.count <= Self.mostInDualForm ? .dual : .automatic }

  /// The arguments of `percept train` that give exactly the model of these settings.
  ///
  /// - Parameters:
  ///   - data: the arguments that choose the data.
  ///   - dataset: the training part.
  ///   - usual: how pictures of this data become features unless something else is asked for.
  /// - Returns: the words of the command, but for where the model goes.
  func arguments(data: [String], for dataset: Dataset, usual: Preprocessing) -> [String] {
    var arguments = ["percept", "train"] + data
    if preprocessing.size != usual.size { arguments += ["--image-size", preprocessing.size.text] }
    if preprocessing.color != usual.color { arguments += ["--color", preprocessing.color.rawValue] }
    if !hidden.isEmpty { arguments += ["--hidden", hidden.map(String.init).joined(separator: ",")] }
    arguments += ["--learning-rate", learningRate.text, "--iterations", "\(iterations)"]
    if l2 != 0 { arguments += ["--l2", "\(l2)"] }
    let wouldBe = DescentForm.automatic.resolved(
      examples: dataset.count, features: dataset.featureCount,
      units: Network.logitCount(classes: dataset.classNames.count), iterations: iterations)
    if hidden.isEmpty, form(for: dataset) == .dual, wouldBe != .dual { arguments += ["--form", "dual"] }
    return arguments
  }
}

extension LearningRate {
  /// As flags and queries take it.
  var text: String {
    switch self {
    case .automatic: "auto"
    case .fixed(let rate): "\(rate)"
    }
  }
}

extension Preprocessing {
  /// The part of a query that says what pictures look like.
  var query: String { "size=\(size.text)&color=\(color.rawValue)" }
}
