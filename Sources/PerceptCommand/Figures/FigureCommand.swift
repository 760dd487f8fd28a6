import ArgumentParser
import Percept

struct FigureCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "figure",
    abstract: "Draw a figure as SVG or PNG.",
    discussion: """
      EXAMPLES:
        percept figure sigmoid -o sigmoid.png
        percept figure learning-curve faces.safetensors
        percept figure misclassified faces.safetensors faces/
        percept figure evaluation faces.safetensors faces/
        percept figure confusion faces.safetensors faces/
        percept figure learned faces.safetensors a.jpg b.jpg
        percept figure weights faces.safetensors -o weights.svg
        percept figure interpolations a.jpg -o lens.png
        percept figure montage faces/ --limit 49
        percept figure statistics faces/
        percept figure augmented faces/ --augment mirror,rotate
        percept figure graph faces.safetensors a.jpg

      The extension of the output file, .svg or .png, selects the format. Figures
      of a model show the classes in the order of the model.
      """,
    subcommands: [
      SigmoidFigureCommand.self, LearningCurveFigureCommand.self, MisclassifiedFigureCommand.self,
      EvaluationFigureCommand.self, ConfusionFigureCommand.self,
      LearnedFigureCommand.self, WeightsFigureCommand.self, InterpolationsFigureCommand.self,
      MontageFigureCommand.self, StatisticsFigureCommand.self, AugmentedFigureCommand.self, GraphFigureCommand.self,
    ])
}

struct FigureOptions: ParsableArguments {
  @Option(
    name: .shortAndLong, help: "The file to write, .svg or .png. (default: the name of the figure with .svg)",
    completion: .file())
  var output: String?

  @Flag(help: "Replace an existing file.")
  var force = false

  /// Checks before any work that the output can be written and does not replace an input.
  func check(_ name: String, sparing inputs: [String]) throws {
    try checkOverwrites(of: inputs, by: [path(name)])
    try Drawing.checkCanWrite(path(name), replacing: force)
  }

  func write(_ drawing: Drawing, _ name: String) throws {
    try drawing.write(to: path(name), replacing: force)
    Terminal.print(path(name))
  }

  func path(_ name: String) -> String { output ?? name + ".svg" }
}

struct InterpolationOptions: ParsableArguments {
  @Option(help: "The interpolation method; percept figure interpolations shows all.")
  var interpolation: Interpolation?
}

extension Interpolation: ExpressibleByArgument {
  /// Parses the name of an interpolation. `None` is ``Interpolation/auto``.
  public init?(argument: String) {
    guard let method = Interpolation(rawValue: argument == "None" ? "auto" : argument) else { return nil }
    self = method
  }
}

struct SigmoidFigureCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "sigmoid", abstract: "The sigmoid function from -10 to 10, or its value at a point.",
    discussion: """
      EXAMPLES:
        percept figure sigmoid -o sigmoid.png
        percept figure sigmoid --at -500
      """)

  @OptionGroup var figure: FigureOptions

  @Option(parsing: .unconditional, help: "Print the value at this point instead of drawing.")
  var at: Double?

  func run() throws {
    if let at { return Terminal.print("\(Percept.sigmoid(at))") }
    try figure.check("sigmoid", sparing: [])
    // The proportion of the article, 10 to 5.
    try figure.write(Chart.sigmoid.drawing(width: 800, height: 400), "sigmoid")
  }
}

struct LearningCurveFigureCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "learning-curve", abstract: "The cost per iteration of one or more models.",
    discussion: """
      EXAMPLES:
        percept figure learning-curve faces.safetensors
        percept figure learning-curve slow.safetensors fast.safetensors --log
      """)

  @Argument(help: ArgumentHelp("Model files.", valueName: "model"), completion: .model)
  var models: [String]

  @Flag(help: "Draw costs on a logarithmic scale.")
  var log = false

  @OptionGroup var figure: FigureOptions

  func run() throws {
    try figure.check("learning-curve", sparing: models)
    let runs = try models.map { path in
      let record = try Classifier(contentsOf: path).record
      guard !record.costs.isEmpty else { throw FigureError.noHistory(model: path) }
      return (name: modelName(ofFile: path), record: record)
    }
    let chart = Chart.learningCurve(of: runs, scale: log ? .logarithmic : .linear)
    try figure.write(chart.drawing(), "learning-curve")
  }
}

struct InterpolationsFigureCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "interpolations", abstract: "An image enlarged by matplotlib's 18 interpolation methods.",
    discussion: """
      EXAMPLES:
        percept figure interpolations a.jpg -o lens.png
        percept figure interpolations a.jpg --method sinc --side 256 -o sinc.png
        percept figure interpolations a.jpg --model faces.safetensors

      The image keeps its size, unless --image-size crops and resizes it. With
      --model, it is first multiplied by the weights of the model.
      """)

  @Argument(help: "An image file.", completion: .file())
  var image: String

  @Option(help: "Draw only this method, without titles.")
  var method: Interpolation?

  @Option(
    help: "The width of each enlarged image, 16 to 4096. (default: twice that of the image, from 192 to 1024)")
  var side: Int?

  @Option(
    help: "The size to which the image is first cropped and resized: a side or WIDTHxHEIGHT. (default: its own)"
  )
  var imageSize: ImageSize?

  @Option(help: "A model whose weights the image is multiplied by; it determines the image size.", completion: .model)
  var model: String?

  @OptionGroup var figure: FigureOptions

  mutating func validate() throws {
    if let side, !(16...4096).contains(side) {
      throw ValidationError("--side must be from 16 to 4096 (got \(side)).")
    }
    if model != nil, imageSize != nil { throw ValidationError("--model determines the image size; omit --image-size.") }
  }

  func run() throws {
    let name = method.map { "\($0.rawValue)" } ?? "interpolations"
    try figure.check(name, sparing: [image, model].compactMap(\.self))
    let small = try small()
    let side = side ?? min(max(192, 2 * small.width), 1024)
    let title = (model == nil ? "" : "Weights x ") + FileSystem.name(of: image)
    guard let method else {
      let grid = ImageGrid.interpolations(of: small, name: title, width: side)
      return try figure.write(grid.drawing, name)
    }
    let large = small.enlarged(
      to: ImageSize(width: side, height: max(1, side * small.height / small.width)), by: method)
    try figure.write(Drawing(of: large, title: "\(title), \(method.title)"), name)
  }

  private func small() throws -> Image {
    guard let model else {
      let whole = try Image(at: image)
      return imageSize.map { whole.prepared(Preprocessing(size: $0)) } ?? whole
    }
    let classifier = try Classifier(contentsOf: model)
    let features = try classifier.preprocessing.features(at: image)
    return try classifier.learnedImage(from: features).image
  }
}

struct MontageFigureCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "montage", abstract: "Images in a square grid with borders of one pixel.",
    discussion: """
      EXAMPLES:
        percept figure montage faces/ --limit 49 -o montage.png
        percept figure montage faces/ --limit 9 --interpolation sinc
        percept figure montage faces/ --model faces.safetensors --limit 2

      With --model, the images multiplied by the weights of the model come first,
      then the images themselves.
      """)

  @OptionGroup var data: DataOptions
  @OptionGroup var preprocessing: ImageOptions

  @Option(help: "A model whose weights the images are multiplied by.", completion: .model)
  var model: String?

  @Option(parsing: .unconditional, help: "The maximum number of images, 1 to 2500.")
  var limit = 64

  @OptionGroup var interpolation: InterpolationOptions
  @OptionGroup var figure: FigureOptions

  mutating func validate() throws {
    guard (1...2500).contains(limit) else { throw ValidationError("--limit must be from 1 to 2500 (got \(limit)).") }
  }

  func run() throws {
    try figure.check("montage", sparing: data.inputs + [model].compactMap(\.self))
    let classifier = try model.map { try Classifier(contentsOf: $0) }
    let source = try data.source(alignedTo: classifier?.classNames)
    let preprocessing = try classifier?.preprocessing ?? preprocessing.preprocessing(for: source)
    let dataset = try data.dataset(of: source, preprocessing: preprocessing)
    let shown = Array(0..<min(limit, dataset.count))
    let learned =
      try classifier.map { classifier in
        try shown.map { try classifier.learnedImage(from: dataset.withFeatures(of: $0, Array.init)).image }
      } ?? []
    var image = Montage(learned + shown.map(dataset.image)).image
    if let method = interpolation.interpolation {
      image = image.enlarged(to: ImageSize(width: image.width * 4, height: image.height * 4), by: method)
    }
    let title =
      "\(shown.count) of \(dataset.count) images" + (learned.isEmpty ? "" : ", first multiplied by the weights")
    try figure.write(Drawing(of: image, title: title), "montage")
  }
}

struct StatisticsFigureCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "statistics",
    abstract: "Mean and standard deviation images of each class, and histograms of pixel values.",
    discussion: """
      EXAMPLES:
        percept figure statistics faces/ -o statistics.png
      """)

  @OptionGroup var data: DataOptions
  @OptionGroup var preprocessing: ImageOptions
  @OptionGroup var figure: FigureOptions

  func run() throws {
    try figure.check("statistics", sparing: data.inputs)
    let source = try data.source()
    let dataset = try data.dataset(of: source, preprocessing: preprocessing.preprocessing(for: source))
    try figure.write(StatisticsFigure(dataset).drawing, "statistics")
  }
}
