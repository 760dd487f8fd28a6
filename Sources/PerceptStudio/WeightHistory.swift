import Glibc
import PerceptDatasets
import PerceptImages
import PerceptInterpretation
import PerceptLinearAlgebra
import PerceptModels

/// Records the weights at logarithmic intervals of iterations, because they change most at the beginning.
struct WeightHistory {
  /// The frames so far, without counts of correct predictions.
  private(set) var frames: [TrainingSession.Frame] = []
  /// The classifiers of the frames, if correct predictions are counted.
  private var classifiers: [Classifier] = []
  private let splits: DatasetSplits
  private var due: [Int]
  /// Whether the data is small enough to count correct predictions in every frame without a noticeable delay.
  private let counts: Bool

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
    counts = (splits.training.count + (splits.test?.count ?? 0)) * splits.training.featureCount <= 4_000_000
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
    if counts, network.layers.count == 1 { classifiers.append(classifier) }
  }

  /// The frames, with counts of correct predictions if the data is small enough and the network has one layer.
  var framesWithCounts: [TrainingSession.Frame] {
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
  func classifier(_ network: Network) -> Classifier {
    Classifier(
      network: network, classNames: training.classNames, preprocessing: training.preprocessing,
      record: TrainingRecord())
  }
}
