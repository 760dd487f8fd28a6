import ArgumentParser
import Percept

struct ExploreCommand: ClusterCommand {
  static let configuration = CommandConfiguration(
    commandName: "explore",
    abstract: "Describe labeled images and find problems with them.",
    discussion: """
      EXAMPLES:
        percept explore faces/
        percept explore labels.csv --json
        percept explore faces/ --group-by '/([0-9]*)_'
        percept explore faces/ --write-labels labels.csv --gallery doubts.html
        percept explore faces/ --labels labels.csv

      Counts classes, sizes, colors and formats, and looks for unreadable files,
      duplicates, leaks from the training split, imbalanced classes, shortcut
      features, outliers and doubtful labels. Does not modify the images.

      Doubtful labels are found by judges, simple models that are trained on the
      other images. Explore prints how often the judges are right, estimates how
      many labels are wrong, and lists the labels that the judges contradict,
      unless the judges are too weak.

      To correct labels, edit the column "label" of the file that --write-labels
      writes, and pass the file to other commands with --labels.
      """)

  @OptionGroup(title: "Data") var data: DataOptions
  @OptionGroup(title: "Images") var features: FeatureOptions
  @OptionGroup(title: "Splits") var grouping: GroupOptions

  @Option(
    help: ArgumentHelp("Write all labels as CSV, the most doubtful first.", valueName: "file"), completion: .file())
  var writeLabels: String?

  @Option(
    help: ArgumentHelp("Show the images with doubtful labels (.html, .svg, .png).", valueName: "file"),
    completion: .file())
  var gallery: String?

  @Option(parsing: .unconditional, help: "Maximum length of each list.")
  var limit = 10

  @Option(parsing: .unconditional, help: "Seed of the folds of the label review.")
  var seed: UInt64 = 0

  @Flag(help: "Replace existing files.")
  var force = false

  mutating func validate() throws {
    guard limit >= 0 else { throw ValidationError("--limit must be ≥ 0 (got \(limit)).") }
  }

  mutating func becomeWorker() { (writeLabels, gallery) = (nil, nil) }

  func run() throws {
    try checkOutputs()
    let source = try data.source()
    let exploration = try Exploration(source, progress: Terminal.counter("Opening images:", isQuiet: data.quiet))
    let dataset = try exploration.images.isEmpty ? nil : loadedImages(of: source)
    guard Cluster.isRoot else { return }
    let findings = try dataset.map { try self.findings(on: $0, exploration) }
    if let review = findings?.review {
      if let writeLabels { try review.write(to: writeLabels, replacing: force) }
      if let gallery, let dataset = findings?.dataset { try draw(review, dataset, to: gallery) }
      warnIfNotJudged(review)
    } else if writeLabels != nil || gallery != nil {
      throw ValidationError(
        "Labels cannot be reviewed, so nothing is written: \(findings?.unjudged ?? "there are no images").")
    }
    let report = ExploreReport(exploration, findings, path: data.path, limit: limit)
    if data.json {
      try Terminal.print(json: ExploreOutput(report))
    } else {
      report.lines.forEach(Terminal.print)
      if let writeLabels { Terminal.print("labels: \(writeLabels)") }
      if let gallery { Terminal.print("gallery: \(gallery)") }
    }
    try data.report(
      exploration.skipped, animations: exploration.images.count(where: \.isAnimation),
      of: exploration.images.count + exploration.skipped.count)
  }

  /// Loads the images. Ranks share the decoding; rank 0 does the rest.
  private func loadedImages(of source: DataSource) throws -> Dataset {
    let dataset = try data.unreportedDataset(
      of: source, preprocessing: source.defaultPreprocessing(features.extractor))
    dataset.unite()
    return dataset
  }

  private func findings(on dataset: Dataset, _ exploration: Exploration) throws -> Findings {
    try Findings(
      exploration, dataset, groupedBy: grouping.groups(of: dataset), seed: seed,
      progress: Terminal.counter("Reviewing labels:", isQuiet: data.quiet))
  }

  private func warnIfNotJudged(_ review: LabelReview) {
    let written = [writeLabels, gallery].compactMap(\.self)
    guard review.wrongLabels == nil, !written.isEmpty else { return }
    Terminal.warn(
      "\(review.sentence). The order of the labels in \(written.joined(separator: " and ")) says little about which of "
        + "them are wrong.")
  }

  private func draw(_ review: LabelReview, _ dataset: Dataset, to path: String) throws {
    let grid = ImageGrid(review, of: dataset, limit: 48)
    guard path.hasSuffix(".html") else { return try grid.drawing.write(to: path, replacing: force) }
    let page = Page.html(
      title: grid.title, body: "<h1>Doubtful labels</h1>\n" + Page.figure(grid, caption: grid.summary))
    try FileSystem.write(Array(page.utf8), to: path, replacing: force)
  }

  private func checkOutputs() throws {
    if let gallery, ![".html", ".svg", ".png"].contains(where: gallery.hasSuffix) {
      throw ValidationError("The file name of --gallery must end in .html, .svg or .png (got \(gallery)).")
    }
    let outputs = [writeLabels, gallery].compactMap(\.self)
    try checkOverwrites(of: data.inputs, by: outputs)
    if let writeLabels, let gallery, FileSystem.isSame(writeLabels, gallery) {
      throw ValidationError("--write-labels and --gallery are the same file, \(writeLabels); choose two names.")
    }
    for path in outputs { try FileSystem.checkCanWrite(path, replacing: force) }
  }
}
