import ArgumentParser
import Percept

struct ExploreCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "explore",
    abstract: "Say what a folder of pictures holds, and what is wrong with it.",
    discussion: """
      EXAMPLES:
        percept explore faces/
        percept explore labels.csv --json
        percept explore faces/ --group-by '/([0-9]*)_'
        percept explore faces/ --write-labels labels.csv --gallery doubts.html
        percept explore faces/ --labels labels.csv

      Counts classes, sizes, colours and formats, and looks for: files that
      cannot be read; the same picture twice (the same file, the same pixels, or
      saved anew at another quality or size), with other labels, or in both the
      training and the test part; pictures that are blank, nearly black, much
      more blurred than the others, tiny, long and narrow, or gray among
      colours; classes of very different sizes, or told apart by nothing but
      the format or size of their files; and labels that are likely wrong.

      Labels are judged by neurons that have learned from the other pictures:
      the ones for whose label the least speaks come first. Not all of them are
      wrong; look at them. --write-labels writes all pictures in this order.
      Edit its column label, and give the file as --labels to this command,
      train, tune and evaluate. No picture is ever moved or changed.
      """)

  @OptionGroup var data: DataOptions
  @OptionGroup var grouping: GroupOptions

  @Option(
    help: ArgumentHelp("Write all pictures and their labels, the most doubtful first, as CSV.", valueName: "file"))
  var writeLabels: String?

  @Option(
    help: ArgumentHelp("Show the pictures with the most doubtful labels, .html, .svg or .png.", valueName: "file"))
  var gallery: String?

  @Option(parsing: .unconditional, help: "How many pictures each list names; --json names all.")
  var limit = 10

  @Option(parsing: .unconditional, help: "What the neurons that judge labels start from.")
  var seed: UInt64 = 0

  @Flag(help: "Replace files that are already there.")
  var force = false

  mutating func validate() throws {
    guard limit >= 0 else { throw ValidationError("--limit is not negative, as \(limit) is.") }
  }

  func run() throws {
    try checkOutputs()
    let source = try data.source()
    let exploration = try Exploration(source, progress: Terminal.counter("Opening pictures:", isQuiet: data.quiet))
    let findings = try exploration.images.isEmpty ? nil : findings(of: source, exploration)
    if let review = findings?.review {
      if let writeLabels { try review.write(to: writeLabels, replacing: force) }
      if let gallery, let dataset = findings?.dataset { try draw(review, dataset, to: gallery) }
    } else if writeLabels != nil || gallery != nil {
      throw ValidationError("No label can be judged, so nothing is written: \(findings?.unjudged ?? "no picture").")
    }
    let report = ExploreReport(exploration, findings, path: data.path, limit: limit)
    if data.json {
      try Terminal.print(json: ExploreOutput(report))
    } else {
      report.lines.forEach(Terminal.print)
      if let writeLabels { Terminal.print("labels: \(writeLabels)") }
      if let gallery { Terminal.print("gallery: \(gallery)") }
    }
    try data.report(exploration.skipped, of: exploration.images.count + exploration.skipped.count)
  }

  private func findings(of source: DataSource, _ exploration: Exploration) throws -> Findings {
    let dataset = try Dataset(
      source, cache: data.noCache ? nil : PixelCache.user(),
      progress: Terminal.counter("Reading pictures:", isQuiet: data.quiet))
    return try Findings(
      exploration, dataset, groupedBy: grouping.groups(of: dataset), seed: seed,
      progress: Terminal.counter("Judging labels:", isQuiet: data.quiet))
  }

  private func draw(_ review: LabelReview, _ dataset: Dataset, to path: String) throws {
    let grid = ImageGrid(review, of: dataset, limit: 48)
    guard path.hasSuffix(".html") else { return try grid.drawing.write(to: path, replacing: force) }
    let page = Page.html(
      title: grid.title, body: "<h1>Labels to look at</h1>\n" + Page.figure(grid, caption: grid.summary))
    try FileSystem.write(Array(page.utf8), to: path, replacing: force)
  }

  private func checkOutputs() throws {
    if let gallery, ![".html", ".svg", ".png"].contains(where: gallery.hasSuffix) {
      throw ValidationError("--gallery \(gallery): the name ends in .html, .svg or .png.")
    }
    let outputs = [writeLabels, gallery].compactMap(\.self)
    try checkOverwrites(of: data.inputs, by: outputs)
    if let writeLabels, let gallery, FileSystem.isSame(writeLabels, gallery) {
      throw ValidationError("\(writeLabels) is named twice.")
    }
    for path in outputs { try FileSystem.checkCanWrite(path, replacing: force) }
  }
}
