import ArgumentParser
import Percept

struct CardCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "card",
    abstract: "Write a model card.",
    discussion: """
      EXAMPLES:
        percept card faces.safetensors
        percept card faces.safetensors -o README.md

      A model card tells other people what a model is for, how accurate it is, and
      what its limits are. It is Markdown with the front matter that the Hugging
      Face hub reads. It contains only what the model file records, and lists what
      you have to add.
      """)

  @Argument(help: "A model file written by percept train.", completion: .file(extensions: ["safetensors"]))
  var model: String

  @Option(
    name: .shortAndLong,
    help: ArgumentHelp("The Markdown file to write. (default: standard output)", valueName: "file"),
    completion: .file(extensions: ["md"]))
  var output: String?

  @Flag(help: "Replace an existing file.")
  var force = false

  func run() throws {
    if let output {
      try checkOverwrites(of: [model], by: [output])
      try FileSystem.checkCanWrite(output, replacing: force)
    }
    let classifier = try Classifier(model: model, beside: [])
    let card = classifier.modelCard(named: modelName(ofFile: model))
    if let output {
      try FileSystem.write(Array(card.utf8), to: output, replacing: force)
      Terminal.print(output)
    } else {
      card.split(separator: "\n", omittingEmptySubsequences: false).dropLast().forEach { Terminal.print(String($0)) }
    }
  }
}
