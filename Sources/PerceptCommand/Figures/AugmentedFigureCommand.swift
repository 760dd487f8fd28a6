import ArgumentParser
import Percept

struct AugmentedFigureCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "augmented", abstract: "Images next to augmented versions of them.",
    discussion: """
      EXAMPLES:
        percept figure augmented faces/ -o augmented.png
        percept figure augmented faces/ --augment mirror,rotate:25 --limit 8
      """)

  @OptionGroup var data: DataOptions
  @OptionGroup var preprocessing: ImageOptions

  @Option(
    help: ArgumentHelp(
      "The augmentation, as for percept train. (default: mirror,shift,rotate,brightness)", valueName: "changes"),
    transform: Augmentation.option)
  var augment: Augmentation?

  @Option(parsing: .unconditional, help: "The maximum number of images, 1 to 100.")
  var limit = 4

  @OptionGroup var figure: FigureOptions

  mutating func validate() throws {
    guard (1...100).contains(limit) else { throw ValidationError("--limit must be from 1 to 100 (got \(limit)).") }
  }

  func run() throws {
    try figure.check("augmented", sparing: data.inputs)
    let source = try data.source()
    let dataset = try data.dataset(of: source, preprocessing: preprocessing.preprocessing(for: source))
    let augmentation = try augment ?? Augmentation.option("mirror,shift,rotate,brightness")
    try figure.write(ImageGrid.augmented(dataset, by: augmentation, limit: limit).drawing, "augmented")
  }
}
