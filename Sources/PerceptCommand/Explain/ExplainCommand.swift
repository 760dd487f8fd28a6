public import ArgumentParser
public import Percept

struct ExplainCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "explain",
    abstract: "Say why pictures are answered as they are.",
    discussion: """
      EXAMPLES:
        percept explain faces.safetensors a.jpg
        percept explain faces.safetensors a.jpg --figure a.png
        percept explain faces.safetensors a.jpg b.jpg --data faces/ --html why.html
        percept explain fashion.safetensors t10k-images-idx3-ubyte.gz#409 --json
        curl -s https://example.org/a.jpg | percept explain faces.safetensors -

      What each pixel adds to z (with the bias it is all of z), which parts of the
      picture spoke most, and the smallest change of pixels after which the answer
      is another. With --data, the pictures that the model learned from, also which
      of them pulled this answer most each way (for neurons: it is trained again for
      that), which of them excite each hidden unit (in figures and pages), and how
      much of the model's score on the test part is there already when only the
      border is left of each picture, its mean colour, or 8 x 8 pixels (shortcuts).
      """)

  @Argument(help: "A model file, as percept train writes it.")
  var model: String

  @Argument(help: ArgumentHelp("Pictures; - is standard input.", valueName: "image"))
  var images: [String]

  @Option(
    name: .customLong("class"),
    help: ArgumentHelp(
      "The class whose evidence is added up. (default: the second of two classes, otherwise the answer)",
      valueName: "name"))
  var className: String?

  @Option(
    help:
      "How hidden layers' contributions are computed: as the mean slope from the mean picture to this one, or as the slope here."
  )
  var method: Attributions.Method = .integrated

  @OptionGroup var learning: LearnedDataOptions

  @Option(help: ArgumentHelp("Write a figure, .svg or .png, with all pictures below each other.", valueName: "file"))
  var figure: String?

  @Option(help: ArgumentHelp("Write one offline HTML page.", valueName: "file"))
  var html: String?

  @Flag(help: "Replace files that are already there.")
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
        let features = try features(of: image, classifier)
        let explanation = Explanation(
          classifier, features: features, for: label, mean: learned?.mean, by: method, run: learned?.run)
        try output.print(explanation, of: image)
        explained.append((name: image == "-" ? "standard input" : FileSystem.name(of: image), explanation: explanation))
      } catch {
        guard let status = Status(of: error) else { throw error }
        failures.append(status)
        if learning.json { try Terminal.print(json: ExplainOutput.Failure(file: image, error: "\(error)")) }
        Terminal.note("Error: \(error)")
      }
    }
    if !learning.json, let shortcuts = learned?.shortcuts { Terminal.print("shortcuts: \(shortcuts.sentence)") }
    try write(explained, classifier, learned)
    if let status = failures.first { throw ExitCode(status.rawValue) }
  }

  private func features(of image: String, _ classifier: Classifier) throws -> [UInt8] {
    try image == "-"
      ? classifier.preprocessing.features(decoding: FileSystem.read("/dev/stdin"), named: "standard input")
      : classifier.preprocessing.features(at: image)
  }

  private func label(of classifier: Classifier) throws -> Int? {
    try className.map { name in
      guard let label = classifier.classNames.firstIndex(of: name) else {
        throw DatasetError.unknownClass(name: name, available: classifier.classNames)
      }
      return label
    }
  }

  /// Refuses, before any work, outputs that cannot be written.
  private func checkOutputs() throws {
    if let figure, let html, FileSystem.isSame(figure, html) {
      throw ValidationError("\(figure) and \(html) are the same file; choose two names.")
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
      let drawings = explained.map { ExplanationFigure($0.explanation, name: $0.name).drawing }
      try Drawing.stacked(drawings + [units?.drawing].compactMap(\.self)).write(to: figure, replacing: force)
    }
    if let html {
      let page = ExplanationPage(explained, training: learned?.dataset, units: units, shortcuts: learned?.shortcuts)
      try page.write(to: html, replacing: force)
    }
    guard !learning.json else { return }
    for path in [figure, html].compactMap(\.self) { Terminal.print(path) }
  }
}

extension Attributions.Method: ExpressibleByArgument {}
