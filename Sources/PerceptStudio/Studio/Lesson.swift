package import Classification
import Datasets
import Figures
import Images
import Interpretation
import NeuralNetworks
package import Training

/// A training of the studio and all that its page shows of it.
package struct Lesson: Sendable {
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
    func picture(_ size: ImageSize, limit: Float? = nil) -> Image {
      let images = weights.map { Image(glowing: $0, size: size, limit: limit ?? largest) }
      return images.count == 1 ? images[0] : Montage(images).image
    }

    /// The largest weight.
    var largest: Float { weights.joined().reduce(0) { max($0, abs($1)) } }
  }

  package let settings: StudioSettings
  let parts: Parts
  package let run: TrainingRun
  /// How right it is on each part, in the order of `parts.named`.
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
  var film: Image {
    let images = frames.map { $0.picture(settings.preprocessing.size, limit: weightLimit) }
    return Image(
      width: images[0].width, height: images[0].height * images.count, color: .rgb,
      pixels: Array(images.map(\.pixels).joined()))
  }

  /// The weights as they ended.
  var lastPicture: Image { frames[frames.count - 1].picture(settings.preprocessing.size, limit: weightLimit) }

  /// The part furthest from the training: test where there is one.
  var judged: (name: String, evaluation: Evaluation) { evaluations[evaluations.count - 1] }
}

extension Lesson {
  /// Trains.
  ///
  /// - Parameters:
  ///   - settings: what is set.
  ///   - parts: pictures made as the settings say.
  ///   - seed: what random choices start from.
  ///   - observe: called with every iteration and the last frame that was taken; may throw `StopTraining`.
  /// - Throws: `TrainingError`, and what `observe` throws.
  init(
    _ settings: StudioSettings, _ parts: Parts, seed: UInt64,
    observe: (Iteration, Frame) throws -> Void = { _, _ in }
  ) throws {
    let dataset = parts.training
    let trainer = settings.trainer(for: dataset, seed: seed)
    let start = Network(
      inputs: dataset.featureCount, hidden: settings.hidden, classes: dataset.classNames.count, seed: seed)
    var film = Film(parts, iterations: settings.iterations)
    film.add(start, after: -1)
    var last = -1
    var run = try trainer.fit(start, to: dataset, validation: parts.validation) { iteration, network in
      last = iteration.iteration
      if film.isDue(after: last) { film.add(network(), after: last) }
      try observe(iteration, film.frames[film.frames.count - 1])
    }
    if film.frames.last?.iteration != last || run.divergence != nil { film.add(run.classifier.network, after: last) }
    var evaluations: [(String, Evaluation)] = []
    for (name, part) in parts.named {
      let evaluation = try run.classifier.evaluate(on: part)
      run.classifier.record.scores[name] = evaluation.score
      evaluations.append((name, evaluation))
    }
    self.settings = settings.with(iterations: run.classifier.record.settings.iterations)
    self.parts = parts
    self.run = run
    self.evaluations = evaluations
    frames = film.developed
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
