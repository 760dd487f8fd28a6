import Glibc
import PerceptDatasets
import PerceptImages
import PerceptInterpretation
import PerceptLinearAlgebra
import PerceptModels

/// Takes a frame after some iterations: many at first, when most happens, then fewer and fewer.
struct WeightHistory {
  /// What was taken so far; nothing is counted yet.
  private(set) var frames: [TrainingSession.Frame] = []
  /// The classifiers of the frames, where what they get right is counted.
  private var classifiers: [Classifier] = []
  private let splits: DatasetSplits
  private var due: [Int]
  /// Whether counting what is right in every frame takes no longer than people wait.
  private let counts: Bool

  private static let length = 6...32
  private static let mostUnits = 16
  /// How many features of training photos all frames together may be made of: people wait for the last.
  private static let mostFeatures = 50_000_000

  /// - Parameters:
  ///   - splits: what is learned from and judged by.
  ///   - iterations: how many there will be.
  init(_ splits: DatasetSplits, iterations: Int) {
    self.splits = splits
    let features = max(1, splits.training.count * splits.training.featureCount)
    let length = min(max(Self.mostFeatures / features, Self.length.lowerBound), Self.length.upperBound)
    var moments = [0]
    while let last = moments.last, last < iterations - 1 {
      let left = max(1, length - moments.count)
      // Even steps on a logarithmic scale from here to the end.
      let factor = pow(Double(iterations) / Double(last + 1), 1 / Double(left))
      moments.append(min(iterations - 1, max(last + 1, Int((Double(last + 1) * factor).rounded()) - 1)))
    }
    due = moments.reversed()
    counts = (splits.training.count + (splits.test?.count ?? 0)) * splits.training.featureCount <= 4_000_000
  }

  /// Whether an iteration is one of those.
  func isDue(after iteration: Int) -> Bool { due.last == iteration }

  /// Takes a frame.
  mutating func add(_ network: Network, after iteration: Int) {
    if due.last == iteration { due.removeLast() }
    let classifier = splits.classifier(network)
    let units = network.layers[0].bias.count
    frames.append(
      TrainingSession.Frame(
        iteration: iteration,
        weights: (0..<min(units, Self.mostUnits)).map { WeightsImage(of: classifier, unit: $0).mean.map { Float($0) } })
    )
    if counts, network.layers.count == 1 { classifiers.append(classifier) }
  }

  /// The frames with what each gets right.
  var developed: [TrainingSession.Frame] {
    guard classifiers.count == frames.count else { return frames }
    let (classifiers, splits) = (classifiers, splits)
    let counts = parallelMap(classifiers, block: 1) { Self.correct($0, splits) }
    return zip(frames, counts).map { frame, count in
      var frame = frame
      frame.correct = count
      return frame
    }
  }

  private static func correct(_ classifier: Classifier, _ splits: DatasetSplits) -> (Int, Int?) {
    func count(in dataset: Dataset) -> Int {
      dataset.examples.enumerated().count { dataset.withFeatures(of: $0, classifier.predict).label == $1.label }
    }
    return (count(in: splits.training), splits.test.map(count))
  }
}

extension DatasetSplits {
  /// A network as a classifier of these pictures, without a record.
  func classifier(_ network: Network) -> Classifier {
    Classifier(
      network: network, classNames: training.classNames, preprocessing: training.preprocessing,
      record: TrainingRecord(
        settings: .init(optimizer: "", learningRate: 0, isAutomatic: false, iterations: 0), stableLearningRate: nil,
        costs: []))
  }
}
