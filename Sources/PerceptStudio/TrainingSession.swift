import PerceptDatasets
import PerceptFigures
import PerceptImages
import PerceptInterpretation
package import PerceptModels
package import PerceptTraining

/// A training of the studio and all that its page shows of it.
package struct TrainingSession: Sendable {
  /// What the neuron was like after some of the iterations.
  struct Frame: Sendable {
    /// Which iteration, from 0; -1 before the first.
    let iteration: Int
    /// The weights of each unit that is shown, the mean over the channels.
    let weights: [[Float]]
    /// How many training and test pictures were answered rightly, where that was counted.
    var correct: (training: Int, test: Int?)?

    /// The units' weights side by side.
    ///
    /// - Parameters:
    ///   - size: of the pictures that they see.
    ///   - limit: the weight that has the full colour; by default the largest there is.
    /// - Returns: one picture, or a montage of the units'.
    func image(_ size: ImageSize, limit: Float? = nil) -> Image {
      let images = weights.map { Image(glowing: $0, size: size, limit: limit ?? largest) }
      return images.count == 1 ? images[0] : Montage(images).image
    }

    /// The largest weight.
    var largest: Float { weights.joined().reduce(0) { max($0, abs($1)) } }
  }

  package let settings: StudioSettings
  let splits: DatasetSplits
  package let run: TrainingRun
  /// How right it is on each part, in the order of `splits.named`.
  let evaluations: [(name: String, evaluation: Evaluation)]
  let frames: [Frame]
  /// The mean training picture, 0 … 255 for each feature.
  let mean: [Double]
  /// The largest weight of any frame: what has the full colour in all of them.
  private let weightLimit: Float

  package var classifier: Classifier { run.classifier }

  /// How right it is on a part.
  func evaluation(_ name: String) -> Evaluation? { evaluations.first { $0.name == name }?.evaluation }

  /// All frames below each other.
  var history: Image {
    let images = frames.map { $0.image(settings.preprocessing.size, limit: weightLimit) }
    return Image(
      width: images[0].width, height: images[0].height * images.count, color: .rgb,
      pixels: Array(images.map(\.pixels).joined()))
  }

  /// The weights as they ended.
  var lastImage: Image { frames[frames.count - 1].image(settings.preprocessing.size, limit: weightLimit) }

  /// The part furthest from the training: test where there is one.
  var judged: (name: String, evaluation: Evaluation) { evaluations[evaluations.count - 1] }
}

extension TrainingSession {
  /// Trains.
  ///
  /// - Parameters:
  ///   - settings: what is set.
  ///   - splits: pictures made as the settings say.
  ///   - seed: what random choices start from.
  ///   - observe: called with every iteration and the last frame that was taken; may throw `StopTraining`.
  /// - Throws: `TrainingError`, and what `observe` throws.
  init(
    _ settings: StudioSettings, _ splits: DatasetSplits, seed: UInt64,
    observe: (Iteration, Frame) throws -> Void = { _, _ in }
  ) throws {
    let dataset = splits.training
    let trainer = settings.trainer(for: dataset, seed: seed)
    let start = Network(
      inputs: dataset.featureCount, hidden: settings.hidden, classes: dataset.classNames.count, seed: seed)
    var history = WeightHistory(splits, iterations: settings.iterations)
    history.add(start, after: -1)
    var last = -1
    var run = try trainer.fit(start, to: dataset, validation: splits.validation) { iteration, network in
      last = iteration.iteration
      if history.isDue(after: last) { history.add(network(), after: last) }
      try observe(iteration, history.frames[history.frames.count - 1])
    }
    if history.frames.last?.iteration != last || run.divergence != nil {
      history.add(run.classifier.network, after: last)
    }
    var evaluations: [(String, Evaluation)] = []
    for (name, part) in splits.named {
      let evaluation = try run.classifier.evaluate(on: part)
      run.classifier.record.scores[name] = evaluation.score
      evaluations.append((name, evaluation))
    }
    self.settings = settings.with(iterations: run.classifier.record.settings.iterations)
    self.splits = splits
    self.run = run
    self.evaluations = evaluations
    frames = history.developed
    mean = dataset.meanFeatures
    weightLimit = frames.reduce(0) { max($0, $1.largest) }
  }
}

extension StudioSettings {
  /// The same for so many iterations.
  fileprivate func with(iterations: Int) -> StudioSettings {
    var copy = self
    copy.iterations = iterations
    return copy
  }
}
