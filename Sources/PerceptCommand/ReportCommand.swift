import ArgumentParser
import Percept

struct ReportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "report",
    abstract: "Everything about a model on one offline HTML page.",
    discussion: """
      EXAMPLES:
        percept report faces.safetensors faces/ -o report.html
        percept train faces/ -o faces.safetensors --report report.html

      Where DATA is split, its test part judges and its training part is shown;
      otherwise all of DATA judges.
      """)

  @Argument(help: "A model file, as percept train writes it.")
  var model: String

  @OptionGroup var data: DataOptions

  @Option(name: .shortAndLong, help: "The page to write.")
  var output = "report.html"

  @Flag(help: "Replace a file that is already there.")
  var force = false

  func run() throws {
    try checkOverwrites(of: [model] + data.inputs, by: [output])
    try FileSystem.checkCanWrite(output, replacing: force)
    let classifier = try Classifier(contentsOf: model)
    let (training, test) = try data.splits(for: classifier)
    let report = Report(
      classifier, training: training, evaluation: try classifier.evaluate(on: test),
      modelName: FileSystem.name(of: model))
    try report.write(to: output, replacing: force)
    Terminal.print(output)
  }
}
