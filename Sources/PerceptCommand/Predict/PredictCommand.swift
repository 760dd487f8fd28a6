import ArgumentParser
import Percept

struct PredictCommand: ClusterCommand {
  static let configuration = CommandConfiguration(
    commandName: "predict",
    abstract: "Classify images.",
    discussion: """
      EXAMPLES:
        percept predict faces.safetensors a.jpg b.jpg
        percept predict faces.safetensors photos/ --csv > predictions.csv
        percept predict faces.safetensors --json *.jpg
        percept predict faces.safetensors --reject-below 0.8 *.jpg
        percept predict fashion.safetensors t10k-images-idx3-ubyte.gz#409
        curl -s https://example.org/a.jpg | percept predict faces.safetensors -
        find . -name '*.jpg' -mtime -1 | percept predict faces.safetensors -
        mpirun -n 16 --hostfile hosts percept predict faces.safetensors photos/

      Prints the class, its probability, and the file, one line per image. Of a
      folder, all images at any depth are classified, and other files are listed
      as skipped. An image in an IDX file is named FILE#INDEX; indices start at 0.

      Standard input (-) is an image, or a list of files and folders, separated
      by line breaks or, as find -print0 writes them, by zero bytes.
      """)

  @Argument(help: "A model file written by percept train.", completion: .model)
  var model: String

  @Argument(
    help: ArgumentHelp("Image files and folders; - reads standard input.", valueName: "image"), completion: .file())
  var images: [String]

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Report \"unsure\" if the probability is below p (0 to 1).", valueName: "p"))
  var rejectBelow: Double?

  @Flag(exclusivity: .exclusive)
  var format: PredictionFormat?

  mutating func validate() throws { try checkRejection(rejectBelow) }

  func run() throws {
    let classifier = try Classifier(model: model, beside: images.filter { $0 != "-" })
    let blocks = BlockClassifier(classifier)
    guard Cluster.isRoot else { return blocks.work() }
    let output = PredictionOutput(format, classNames: classifier.classNames, rejectBelow: rejectBelow)
    let failures = try Self.classify(PredictionInput.all(images), with: blocks, printing: output)
    blocks.finish()
    if let status = failures.first { throw ExitCode(status.rawValue) }
  }

  /// Classifies and prints images in blocks, so that the first answers of many are printed early. Returns the exit codes of
  /// those that failed.
  private static func classify(
    _ inputs: [PredictionInput], with blocks: BlockClassifier, printing output: PredictionOutput
  ) throws -> [Status] {
    let progress = Terminal.isOutputTerminal ? nil : Terminal.counter("Classifying images:", isQuiet: false)
    var (failures, skipped): ([Status], [String]) = ([], [])
    output.printHeader()
    for start in stride(from: 0, to: inputs.count, by: blocks.blockSize) {
      let block = inputs[start..<min(start + blocks.blockSize, inputs.count)]
      for (input, result) in zip(block, blocks.predictions(of: block)) {
        do {
          try output.print(result.get(), of: input.name)
        } catch let error where input.isInFolder && isAboutOtherFile(error) {
          skipped.append(input.name)
        } catch {
          failures.append(try report(error, of: input.name, to: output))
        }
      }
      progress?(start + block.count, inputs.count)
    }
    if !skipped.isEmpty { note(skipped: skipped) }
    if failures.count > 1 {
      Terminal.note("\(failures.count) of \(counted(inputs.count - skipped.count, "image")) could not be classified.")
    }
    return failures
  }

  /// Reports the error of an image and returns its exit code. Throws it if it is the same for all images, or unexpected.
  private static func report(_ error: any Error, of image: String, to output: PredictionOutput) throws -> Status {
    guard let status = Status(of: error), !isAboutRuntime(error), !(error is ClusterError) else { throw error }
    try output.print(error, of: image)
    Terminal.note("Error: \(error)")
    return status
  }

  private static func note(skipped files: [String]) {
    let what =
      files.count == 1
      ? "1 file in a folder that is not an image" : "\(files.count) files in folders that are not images"
    Terminal.note("Skipped \(what): \(files.prefix(5).joined(separator: ", "))\(files.count > 5 ? ", …" : "")")
  }

  /// Whether a file has a format that no image has, such as a text file beside images.
  private static func isAboutOtherFile(_ error: any Error) -> Bool {
    guard let reason = (error as? ImageError)?.reason else { return false }
    return switch reason {
    case .notAnImage, .unknownFormat: true
    default: false
    }
  }
}

/// Whether ONNX Runtime cannot be opened, which is the same for all images.
func isAboutRuntime(_ error: any Error) -> Bool {
  if case FeatureError.noRuntime = error { true } else { false }
}
