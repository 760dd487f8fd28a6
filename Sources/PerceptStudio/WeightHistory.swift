import PerceptDatasets
import PerceptFeatures
import PerceptImages
import PerceptInterpretation
import PerceptLinearAlgebra
import PerceptModels
import PerceptPlatform

/// Records the weights at logarithmic intervals of iterations, because they change most at the beginning.
struct WeightHistory {
  /// The frames so far, without results.
  private(set) var frames: [TrainingSession.Frame] = []
  /// The classifiers of the frames of a network with one layer.
  private var classifiers: [Classifier] = []
  private let splits: DatasetSplits
  private var due: [Int]
  private static let length = 6...32
  private static let mostUnits = 16
  /// The limit of `frames x training features`. Larger datasets get fewer frames, which bounds the delay.
  private static let mostFeatures = 50_000_000

  init(_ splits: DatasetSplits, iterations: Int) {
    self.splits = splits
    let features = max(1, splits.training.count * splits.training.featureCount)
    let length = min(max(Self.mostFeatures / features, Self.length.lowerBound), Self.length.upperBound)
    var moments = [0]
    while let last = moments.last, last < iterations - 1 {
      let left = max(1, length - moments.count)
      // Divide the rest into even steps on a logarithmic scale.
      let factor = pow(Double(iterations) / Double(last + 1), 1 / Double(left))
      moments.append(min(iterations - 1, max(last + 1, Int((Double(last + 1) * factor).rounded()) - 1)))
    }
    due = moments.reversed()
  }

  func isDue(after iteration: Int) -> Bool { due.last == iteration }

  /// Records a frame: the first layer's weights of at most 16 units.
  mutating func add(_ network: Network, after iteration: Int) {
    if due.last == iteration { due.removeLast() }
    let classifier = splits.classifier(network)
    let units = network.layers[0].bias.count
    let images = (0..<min(units, Self.mostUnits)).map { WeightsImage(of: classifier, unit: $0) }
    frames.append(
      TrainingSession.Frame(
        iteration: iteration, weights: images.map { $0.mean.map { Float($0) } }, size: images[0].size))
    if network.layers.count == 1 { classifiers.append(classifier) }
  }

  /// The multiplications that the results of one split may take: about a fiftieth of a second.
  private static let mostMultiplications = 40_000_000
  /// The limit of `frames x parameters` for classifiers that are kept: 16 MB.
  private static let mostParameters = 2_000_000

  /// The smallest number of frames for which the training split is evaluated.
  private static let fewestTrainingFrames = 12

  /// The frames, with results on each split if the network has one layer. Large splits have results in a few frames only, and
  /// the training split has none if there would be too few. Throws errors of reading.
  func framesWithResults() throws -> [TrainingSession.Frame] {
    guard classifiers.count == frames.count else { return frames }
    var frames = frames
    if frames.count * classifiers[0].network.layers[0].weights.elements.count <= Self.mostParameters {
      for place in frames.indices { frames[place].classifier = classifiers[place] }
    }
    for (name, dataset) in splits.named {
      let work = max(1, dataset.count * dataset.featureCount * classifiers[0].network.layers[0].bias.count)
      let most = Self.mostMultiplications / work
      if name == Split.training.rawValue, most < min(frames.count, Self.fewestTrainingFrames) { continue }
      for place in Self.spread(max(4, most), over: frames.count) {
        let evaluation = try classifiers[place].evaluate(on: dataset)
        frames[place].results[name] = TrainingSession.Frame.Result(
          correct: evaluation.score.correct, cost: evaluation.cost(),
          probabilities: evaluation.outcomes.flatMap { $0.prediction.probabilities.map { Float($0) } })
      }
    }
    return frames
  }

  /// Returns at most `count` ≥ 2 indices, evenly spread, with the first and the last one.
  private static func spread(_ count: Int, over total: Int) -> [Int] {
    guard count < total else { return Array(0..<total) }
    return (0..<count).map { $0 * (total - 1) / (count - 1) }
  }
}

extension DatasetSplits {
  func classifier(_ network: Network) -> Classifier {
    Classifier(
      network: network, classNames: training.classNames, preprocessing: training.preprocessing,
      record: TrainingRecord())
  }
}
