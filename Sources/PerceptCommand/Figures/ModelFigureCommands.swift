import ArgumentParser
import Percept

struct MisclassifiedFigureCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "misclassified", abstract: "The images that a model misclassifies, most confident first.",
    discussion: """
      EXAMPLES:
        percept figure misclassified faces.safetensors held-out/ -o wrong.png
        percept figure misclassified faces.safetensors faces/ --interpolation sinc

      Images that the model was trained or validated on are left out.
      """)

  @OptionGroup var evaluated: EvaluatedModel

  @Option(parsing: .unconditional, help: "The maximum number of images, 1 to 1000.")
  var limit = 24

  @OptionGroup var interpolation: InterpolationOptions
  @OptionGroup var figure: FigureOptions

  mutating func validate() throws {
    guard (1...1000).contains(limit) else { throw ValidationError("--limit must be from 1 to 1000 (got \(limit)).") }
  }

  func run() throws {
    try figure.check("misclassified", sparing: evaluated.inputs)
    let evaluation = try evaluated.evaluation()
    let grid = ImageGrid.misclassified(
      evaluation, limit: limit, interpolation: interpolation.interpolation ?? .nearest)
    guard !grid.cells.isEmpty else {
      throw FigureError.nothingToShow(
        what: "nothing to show: all \(counted(evaluation.outcomes.count, "image")) in \(evaluated.data.path) are "
          + "classified correctly")
    }
    try figure.write(grid.drawing, "misclassified")
  }
}

struct EvaluationFigureCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "evaluation",
    abstract: "The ROC curve, the precision-recall curve and the calibration of a model.",
    discussion: """
      EXAMPLES:
        percept figure evaluation faces.safetensors held-out/ -o curves.png

      Images that the model was trained or validated on are left out.
      """)

  @OptionGroup var evaluated: EvaluatedModel
  @OptionGroup var figure: FigureOptions

  func run() throws {
    try figure.check("evaluation", sparing: evaluated.inputs)
    try figure.write(EvaluationFigure(evaluated.evaluation()).drawing, "evaluation")
  }
}

struct ConfusionFigureCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "confusion",
    abstract: "The confusion matrix of a model: the predicted classes of the images of each class.",
    discussion: """
      EXAMPLES:
        percept figure confusion faces.safetensors held-out/ -o confusion.png

      Images that the model was trained or validated on are left out.
      """)

  @OptionGroup var evaluated: EvaluatedModel
  @OptionGroup var figure: FigureOptions

  func run() throws {
    try figure.check("confusion", sparing: evaluated.inputs)
    try figure.write(ConfusionMatrix(evaluated.evaluation()).drawing, "confusion")
  }
}

/// The model that a figure evaluates, and the data.
struct EvaluatedModel: ParsableArguments {
  @Argument(help: "A model file.", completion: .model)
  var model: String

  @OptionGroup var data: DataOptions
  @OptionGroup var unseen: UnseenOptions

  /// The files and folders that are read.
  var inputs: [String] { [model] + data.inputs }

  /// Evaluates the model on the images that it has not seen. Throws ``NothingUnseen`` if there are none.
  func evaluation() throws -> Evaluation {
    let classifier = try Classifier(model: model, beside: [data.path])
    let test = try data.splits(for: classifier).test
    return try unseen.shownEvaluation(of: classifier, on: test, path: data.path, isQuiet: data.quiet)
  }
}

struct LearnedFigureCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "learned", abstract: "Images next to their product with the weights of a neuron.",
    discussion: """
      EXAMPLES:
        percept figure learned faces.safetensors a.jpg b.jpg -o learned.png
        percept figure learned faces.safetensors a.jpg --interpolation nearest
      """)

  @Argument(help: "A model file.", completion: .model)
  var model: String

  @Argument(help: ArgumentHelp("Image files.", valueName: "image"), completion: .file())
  var images: [String]

  @OptionGroup var interpolation: InterpolationOptions
  @OptionGroup var figure: FigureOptions

  func run() throws {
    try figure.check("learned", sparing: [model] + images)
    let classifier = try Classifier(contentsOf: model)
    let images = try images.map { path in
      (name: FileSystem.name(of: path), features: try classifier.preprocessing.features(at: path))
    }
    let grid = try ImageGrid.learned(
      classifier, images: images, interpolation: interpolation.interpolation ?? .sinc)
    try figure.write(grid.drawing, "learned")
  }
}

struct WeightsFigureCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "weights",
    abstract: "The weights of the first layer as images.",
    discussion: """
      EXAMPLES:
        percept figure weights faces.safetensors -o weights.png
        percept figure weights photos.safetensors --data photos/

      The weights of HOG features are drawn as lines in the direction of the edges.
      The weights of a backbone's features have no places. With --data, the figure
      shows where in the images of each class its evidence comes from, on average.
      """)

  @Argument(help: "A model file.", completion: .model)
  var model: String

  @Option(help: ArgumentHelp("The training data, for a map of each class.", valueName: "data"), completion: .file())
  var data: String?

  @OptionGroup var figure: FigureOptions

  func run() throws {
    try figure.check("weights", sparing: [model, data].compactMap(\.self))
    let classifier = try Classifier(contentsOf: model)
    guard let data else { return try figure.write(WeightsFigure(classifier).drawing, "weights") }
    guard classifier.preprocessing.extractor != .pixels else {
      throw ValidationError("--data is for models of features other than pixels; leave it out.")
    }
    let options = try DataOptions.parse(["--quiet", "--", data])
    let all = try options.dataset(
      of: options.source(alignedTo: classifier.classNames), preprocessing: classifier.preprocessing)
    let training = classifier.seen.map(all.trainingImages)?.nonempty ?? all.subset(.training) ?? all
    try figure.write(ImageGrid.meanMaps(of: classifier, on: training).drawing, "weights")
  }
}

struct GraphFigureCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "graph", abstract: "Forward and backward propagation as a graph, with the numbers of an image.",
    discussion: """
      EXAMPLES:
        percept figure graph faces.safetensors
        percept figure graph faces.safetensors faces/male/a.jpg -o graph.png
        percept figure graph faces.safetensors a.jpg --label female

      The cost and gradients use the label given with --label. Without it, the
      label is the folder of the image if that is a class, and otherwise the
      predicted class. Of more than six classes, those with the largest
      probabilities are drawn.
      """)

  @Argument(help: "A model file.", completion: .model)
  var model: String

  @Argument(help: "An image file.", completion: .file())
  var image: String?

  @Option(help: "The true class of the image.")
  var label: String?

  @OptionGroup var figure: FigureOptions

  func run() throws {
    try figure.check("graph", sparing: [model, image].compactMap(\.self))
    let classifier = try Classifier(contentsOf: model)
    guard classifier.network.layers.count == 1 else {
      throw FigureError.needsFewerUnits(what: "\(model): the graph requires a model without hidden layers")
    }
    let prepared = try image.map { path in
      let prepared = try classifier.preprocessing.prepared(at: path)
      return (prepared, label: try label(of: path, prepared.features, classifier))
    }
    try figure.write(graph(of: classifier, prepared), "graph")
  }

  /// The graph of the model, with the numbers of an image if there is one.
  private func graph(of classifier: Classifier, _ example: (image: PreparedImage, label: Int)?) -> Drawing {
    let (names, extractor) = (classifier.classNames, classifier.preprocessing.extractor)
    let (inputs, image) = (classifier.network.inputs, example?.image.image)
    guard names.count == 2 else {
      let steps = example.map { SoftmaxTrace(classifier, features: $0.image.features, label: $0.label) }
      return SoftmaxGraphFigure(inputs: inputs, of: extractor, classNames: names, steps: steps, image: image).drawing
    }
    let steps = example.map { BackpropagationTrace(classifier, features: $0.image.features, label: $0.label) }
    return GraphFigure(inputs: inputs, of: extractor, classNames: names, steps: steps, image: image).drawing
  }

  private func label(of image: String, _ features: [UInt8], _ classifier: Classifier) throws -> Int {
    let names = classifier.classNames
    if let label {
      guard let index = names.firstIndex(of: label) else {
        throw DatasetError.unknownClass(name: label, available: names)
      }
      return index
    }
    return names.firstIndex(of: FileSystem.name(of: FileSystem.folder(of: image)))
      ?? features.withUnsafeBufferPointer { classifier.predict($0).label }
  }
}
