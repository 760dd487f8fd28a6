import ArgumentParser
import Percept

struct PredictCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "predict",
    abstract: "Classify images.",
    discussion: """
      EXAMPLES:
        percept predict faces.safetensors a.jpg b.jpg
        percept predict faces.safetensors --json *.jpg
        percept predict faces.safetensors --reject-below 0.8 *.jpg
        percept predict fashion.safetensors t10k-images-idx3-ubyte.gz#409
        curl -s https://example.org/a.jpg | percept predict faces.safetensors -

      Prints the class, its probability, and the file, one line per image. An
      image in an IDX file is named FILE#INDEX; indices start at 0.
      """)

  @Argument(help: "A model file written by percept train.")
  var model: String

  @Argument(help: ArgumentHelp("Image files; - reads standard input.", valueName: "image"))
  var images: [String]

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Report \"unsure\" if the probability is below p (0 to 1).", valueName: "p"))
  var rejectBelow: Double?

  @Flag(help: "Print one JSON object per image.")
  var json = false

  mutating func validate() throws { try checkRejection(rejectBelow) }

  func run() throws {
    let classifier = try Classifier(model: model, beside: images.filter { $0 != "-" })
    let names = classifier.classNames + (rejectBelow == nil ? [] : [unsure])
    let width = names.map(\.count).max() ?? 0
    var failures: [Status] = []
    for image in images {
      do {
        let prediction =
          try image == "-"
          ? classifier.predict(
            decoding: FileSystem.readStandardInput(limit: Image.largestFile), named: "standard input")
          : classifier.predict(file: image)
        try print(prediction, of: image, classNames: classifier.classNames, width: width)
      } catch {
        guard let status = Status(of: error), !isAboutRuntime(error) else { throw error }
        failures.append(status)
        if json { try Terminal.print(json: PredictOutput(file: image, error: "\(error)")) }
        Terminal.note("Error: \(error)")
      }
    }
    if let status = failures.first { throw ExitCode(status.rawValue) }
  }

  private func print(_ prediction: Prediction, of image: String, classNames: [String], width: Int) throws {
    let isConfident = prediction.isConfident(atLeast: rejectBelow ?? 0)
    if json {
      let named = NamedPrediction(prediction, classNames: classNames, instead: isConfident ? nil : unsure)
      return try Terminal.print(json: PredictOutput(file: image, prediction: named))
    }
    let name = isConfident ? classNames[prediction.label] : unsure
    let padding = String(repeating: " ", count: width - name.count)
    Terminal.print("\(name)\(padding)  \(prediction.probability.fixed(4))  \(image)")
  }
}

/// The JSON output for one image: the keys of its prediction, or an error.
private struct PredictOutput: Encodable {
  enum Key: CodingKey {
    case file, error
  }

  let file: String
  var prediction: NamedPrediction?
  var error: String?

  func encode(to encoder: any Encoder) throws {
    try prediction?.encode(to: encoder)
    var container = encoder.container(keyedBy: Key.self)
    try container.encode(file, forKey: .file)
    try container.encodeIfPresent(error, forKey: .error)
  }
}

/// Whether ONNX Runtime cannot be opened, which is the same for all images.
func isAboutRuntime(_ error: any Error) -> Bool {
  if case FeatureError.noRuntime = error { true } else { false }
}
