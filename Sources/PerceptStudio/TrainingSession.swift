import PerceptDatasets
import PerceptFeatures
import PerceptFigures
import PerceptImages
import PerceptInterpretation
package import PerceptModels
package import PerceptTraining

/// A finished training in the studio, with everything that the page shows about it.
package struct TrainingSession: Sendable {
  /// The state of the first layer after one iteration.
  struct Frame: Sendable {
    /// The index of the iteration, from 0; -1 for the state before the first iteration.
    let iteration: Int
    /// The weights of each displayed unit, `units x (height · width)`, averaged over the color channels, as a
    /// `WeightsImage` arranges them.
    let weights: [[Float]]
    let size: ImageSize
    /// The number of correctly classified images of the training and test splits; nil if they were not counted.
    var correct: (training: Int, test: Int?)?

    /// The image of a single unit, or a montage of all. The absolute weight `limit` gets the full color.
    func image(limit: Float? = nil) -> Image {
      let images = weights.map { Image(glowing: $0, size: size, limit: limit ?? largest) }
      return images.count == 1 ? images[0] : Montage(images).image
    }

    var largest: Float { weights.joined().reduce(0) { max($0, abs($1)) } }
  }

  package let settings: StudioSettings
  let splits: DatasetSplits
  package let run: TrainingRun
  /// The evaluation of each split, in the order of `splits.named`.
  let evaluations: [(name: String, evaluation: Evaluation)]
  let frames: [Frame]
  /// The mean training image, one value from 0 to 255 per feature.
  let mean: [Double]
  /// The largest absolute weight of any frame: the common color scale of all frames.
  private let weightLimit: Float

  package var classifier: Classifier { run.classifier }

  func evaluation(_ name: String) -> Evaluation? { evaluations.first { $0.name == name }?.evaluation }

  /// The weight images of all frames, stacked vertically from first to last.
  var history: Image {
    let images = frames.map { $0.image(limit: weightLimit) }
    return Image(
      width: images[0].width, height: images[0].height * images.count, color: .rgb,
      pixels: Array(images.map(\.pixels).joined()))
  }

  var lastImage: Image { frames[frames.count - 1].image(limit: weightLimit) }

  /// The split that the model is judged by: test, otherwise validation, otherwise training.
  var judged: (name: String, evaluation: Evaluation) { evaluations[evaluations.count - 1] }
}

extension TrainingSession {
  /// Trains a model and evaluates it on every split. `observe` gets every iteration and the most recent frame; may
  /// throw `StopTraining`. Throws `TrainingError`, and what `observe` throws.
  init(
    _ settings: StudioSettings, _ splits: DatasetSplits, seed: UInt64,
    observe: (Iteration, Frame) throws -> Void = { _, _ in }
  ) throws {
    let dataset = splits.training
    let trainer = settings.trainer(for: dataset, seed: seed)
    let start = trainer.scaled(
      Network(inputs: dataset.featureCount, hidden: settings.hidden, classes: dataset.classNames.count, seed: seed),
      for: dataset)
    var history = WeightHistory(splits, iterations: settings.configuration.iterations)
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
    run.classifier.record.draw = splits.draw
    var evaluations: [(String, Evaluation)] = []
    for (name, part) in splits.named {
      let evaluation = try run.classifier.evaluate(on: part)
      run.classifier.record.scores[name] = evaluation.score
      evaluations.append((name, evaluation))
    }
    self.settings = settings.with(iterations: run.classifier.record.configuration.iterations)
    self.splits = splits
    self.run = run
    self.evaluations = evaluations
    frames = history.framesWithCounts
    mean = dataset.meanFeatures
    weightLimit = frames.reduce(0) { max($0, $1.largest) }
  }
}

extension StudioSettings {
  fileprivate func with(iterations: Int) -> StudioSettings {
    var copy = self
    copy.configuration.iterations = iterations
    return copy
  }
}
