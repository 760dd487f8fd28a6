import ArgumentParser
import Percept

struct ReportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "report",
    abstract: "Write a report on a model as a self-contained HTML page.",
    discussion: """
      EXAMPLES:
        percept report faces.safetensors faces/ -o report.html
        percept train faces/ -o faces.safetensors --report report.html

      If DATA is split, the model is evaluated on the test split, and the training
      split is shown. Otherwise it is evaluated on the images of DATA that it has not
      seen, and those that it was trained on are shown.
      """)

  @Argument(help: "A model file written by percept train.", completion: .model)
  var model: String

  @OptionGroup var data: DataOptions

  @Option(name: .shortAndLong, help: "The HTML file to write.", completion: .file())
  var output = "report.html"

  @OptionGroup var unseen: UnseenOptions

  @Flag(help: "Replace an existing file.")
  var force = false

  func run() throws {
    try checkOverwrites(of: [model] + data.inputs, by: [output])
    try FileSystem.checkCanWrite(output, replacing: force)
    let classifier = try Classifier(model: model, beside: [data.path])
    let (training, test) = try data.splits(for: classifier)
    let result = try unseen.evaluation(of: classifier, on: test)
    if let sentence = result.sentence, !data.quiet { Terminal.note(sentence) }
    let report = try Report(
      classifier, training: training ?? result.seenImages.nonempty, unseen: result,
      modelName: FileSystem.name(of: model), data: data.arguments)
    try report.write(to: output, replacing: force)
    Terminal.print(output)
  }
}
