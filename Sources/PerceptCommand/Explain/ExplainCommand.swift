import ArgumentParser
public import Percept

struct ExplainCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "explain",
    abstract: "Explain predictions.",
    discussion: """
      EXAMPLES:
        percept explain faces.safetensors a.jpg
        percept explain faces.safetensors a.jpg --figure a.png
        percept explain faces.safetensors a.jpg b.jpg --data faces/ --html why.html
        percept explain fashion.safetensors t10k-images-idx3-ubyte.gz#409 --json
        curl -s https://example.org/a.jpg | percept explain faces.safetensors -

      Prints the attributions of the pixels (what each adds to the logit z), and a
      counterfactual (the smallest change found that flips the answer). For other
      features, it prints those of the squares that features come from, and the
      smallest hidden part that flips the answer (occlusion). --data also
      gives the training influence, the hidden units and a shortcut analysis. See
      Guides/Explaining.md.
      """)

  @Argument(help: "A model file written by percept train.", completion: .model)
  var model: String

  @Argument(help: ArgumentHelp("Image files; - reads standard input.", valueName: "image"), completion: .file())
  var images: [String]

  @Option(
    name: .customLong("class"),
    help: ArgumentHelp(
      "The class whose logit is explained. (default: the second of two classes, otherwise the predicted class)",
      valueName: "name"))
  var className: String?

  @Option(help: "The attribution method for hidden layers: integrated gradients, or gradient x input.")
  var method: Attributions.Method = .integrated

  @Option(help: "How figures draw attributions of features other than pixels.")
  var map: Attributions.MapStyle = .smooth

  @OptionGroup var learning: LearnedDataOptions

  @Option(help: ArgumentHelp("Write a figure of all images, as .svg or .png.", valueName: "file"), completion: .file())
  var figure: String?

  @Option(help: ArgumentHelp("Write a self-contained HTML page.", valueName: "file"), completion: .file())
  var html: String?

  @Flag(help: "Replace existing files.")
  var force = false

  func run() throws {
    try checkOutputs()
    let classifier = try Classifier(contentsOf: model)
    let label = try label(of: classifier)
    let learned = try learning.learned(by: classifier)
    let output = ExplainOutput(classifier, learned: learned, isJSON: learning.json)
    var (explained, failures): ([ExplainedImage], [Status]) = ([], [])
    for image in images {
      do {
        let (prepared, seen) = try prepared(image, classifier)
        let explanation = try Explanation(
          classifier, of: prepared, for: label, mean: learned?.mean, by: method, run: learned?.run)
        try output.print(explanation, of: image, seen: seen)
        let name = image == "-" ? "standard input" : FileSystem.name(of: image)
        explained.append((name, explanation, remark: seen?.warning))
      } catch {
        guard let status = Status(of: error), !isAboutRuntime(error) else { throw error }
        failures.append(status)
        if learning.json { try Terminal.print(json: ExplainOutput.Failure(file: image, error: "\(error)")) }
        Terminal.note("Error: \(error)")
      }
    }
    if !learning.json, let shortcuts = learned?.shortcuts { Terminal.print("shortcuts: \(shortcuts.sentence)") }
    try write(explained, classifier, learned)
    if let status = failures.first { throw ExitCode(status.rawValue) }
  }

  /// The image with its features, and the split in which the model has seen it; nil if it has not, or if it is unknown.
  private func prepared(_ image: String, _ classifier: Classifier) throws -> (PreparedImage, seen: Split?) {
    guard image == "-" else {
      let prepared = try classifier.preprocessing.prepared(at: image)
      return (prepared, try classifier.seen?.split(of: Preprocessing.imageKey(at: image)))
    }
    let bytes = try FileSystem.readStandardInput(limit: Image.largestFile)
    let preprocessing = classifier.preprocessing
    let samples = try preprocessing.samples(decoding: bytes, named: "standard input")
    let seen = classifier.seen?.split(of: bytes.withUnsafeBytes(Fingerprint.key))
    return (try preprocessing.prepared(ofSamples: samples), seen)
  }

  private func label(of classifier: Classifier) throws -> Int? {
    try className.map { name in
      guard let label = classifier.classNames.firstIndex(of: name) else {
        throw DatasetError.unknownClass(name: name, available: classifier.classNames)
      }
      return label
    }
  }

  private func checkOutputs() throws {
    if let figure, let html, FileSystem.isSame(figure, html) {
      throw ValidationError("--figure and --html name the same file, \(figure); choose different names.")
    }
    let read = [model] + images + [learning.data, learning.labels].compactMap(\.self)
    try checkOverwrites(of: read, by: [figure, html].compactMap(\.self))
    if let figure { try Drawing.checkCanWrite(figure, replacing: force) }
    if let html { try FileSystem.checkCanWrite(html, replacing: force) }
  }

  private func write(_ explained: [ExplainedImage], _ classifier: Classifier, _ learned: LearnedData?) throws {
    guard !explained.isEmpty else { return }
    let units = try learned.flatMap { try ImageGrid.hiddenUnits(of: classifier, on: $0.dataset) }
    if let figure {
      let drawings = explained.map { ExplanationFigure($0.explanation, name: $0.name, style: map).drawing }
      try Drawing.stacked(drawings + [units?.drawing].compactMap(\.self)).write(to: figure, replacing: force)
    }
    if let html {
      let page = ExplanationPage(
        explained, training: learned?.dataset, units: units, shortcuts: learned?.shortcuts, style: map)
      try page.write(to: html, replacing: force)
    }
    guard !learning.json else { return }
    for path in [figure, html].compactMap(\.self) { Terminal.print(path) }
  }
}

extension Attributions.Method: ExpressibleByArgument {}
extension Attributions.MapStyle: ExpressibleByArgument {}
