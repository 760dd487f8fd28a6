import ArgumentParser

struct OutputOptions: ParsableArguments {
  @Option(
    name: [.customShort("o"), .customLong("output")],
    help: ArgumentHelp("The model file. (default: DATA.safetensors)", valueName: "file"),
    completion: .file(extensions: ["safetensors"]))
  var model: String?

  @Flag(help: "Replace existing files.")
  var force = false

  @Flag(help: "Calibrate probabilities on the validation split.")
  var calibrate = false

  @Option(
    name: .customLong("write-split"), help: ArgumentHelp("Write the splits to this CSV file.", valueName: "file"),
    completion: .file())
  var split: String?

  @Flag(help: "Do not record in the model which images it has seen.")
  var noSeen = false

  @Flag(help: "Leave the backbone out of the model file.")
  var linkBackbone = false

  @Option(help: ArgumentHelp("Write a report to this HTML file.", valueName: "file"), completion: .file())
  var report: String?
}
