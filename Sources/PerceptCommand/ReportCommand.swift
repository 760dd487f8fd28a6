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
      split is shown. Otherwise the model is evaluated on all of DATA.
      """)

  @Argument(help: "A model file written by percept train.")
  var model: String

  @OptionGroup var data: DataOptions

  @Option(name: .shortAndLong, help: "The HTML file to write.")
  var output = "report.html"

  @Flag(help: "Replace an existing file.")
  var force = false

  func run() throws {
    try checkOverwrites(of: [model] + data.inputs, by: [output])
    try FileSystem.checkCanWrite(output, replacing: force)
    let classifier = try Classifier(model: model, beside: [data.path])
    let (training, test) = try data.splits(for: classifier)
    let report = Report(
      classifier, training: training, evaluation: try classifier.evaluate(on: test),
      modelName: FileSystem.name(of: model))
    try report.write(to: output, replacing: force)
    Terminal.print(output)
  }
}
