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
    /// The results on the splits, by the names of `splits.named`. A large split has results in a few frames only.
    var results: [String: Result] = [:]
    /// The classifier with these weights, if it is small.
    var classifier: Classifier?

    /// The result of the frame's weights on one split.
    struct Result: Sendable {
      let correct: Int
      /// The mean loss, without the penalty on weights.
      let cost: Double
      /// The probability of each class for each image, `images x classes`.
      let probabilities: [Float]
    }

    /// The image of one unit. The absolute weight `limit` gets the full color; by default, the largest of this frame.
    func image(of unit: Int, limit: Float? = nil) -> Image {
      Image(glowing: weights[unit], size: size, limit: limit ?? largest)
    }

    /// The images of all units in one row.
    func image(limit: Float? = nil) -> Image {
      weights.count == 1
        ? image(of: 0, limit: limit) : Image(inRow: weights.indices.map { image(of: $0, limit: limit) })
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
  /// The largest absolute weight of any frame, for a color scale that all frames have in common.
  let weightLimit: Float

  package var classifier: Classifier { run.classifier }

  func evaluation(_ name: String) -> Evaluation? { evaluations.first { $0.name == name }?.evaluation }

  /// The weight images of all frames, one row of units per frame, from first to last. Each frame has its own color scale, or
  /// all have one in common.
  func history(withCommonScale isCommon: Bool) -> Image {
    let images = frames.map { $0.image(limit: isCommon ? weightLimit : nil) }
    return Image(
      width: images[0].width, height: images[0].height * images.count, color: .rgb,
      pixels: Array(images.map(\.pixels).joined()))
  }

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
    frames = try history.framesWithResults()
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

extension Image {
  /// Places color images of the same size side by side.
  init(inRow images: [Image]) {
    let (width, height) = (images[0].width, images[0].height)
    let pixels = (0..<height).flatMap { row in
      images.flatMap { $0.pixels[3 * row * width..<3 * (row + 1) * width] }
    }
    self.init(width: width * images.count, height: height, color: .rgb, pixels: pixels)
  }
}
