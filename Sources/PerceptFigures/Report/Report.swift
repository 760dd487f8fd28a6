import PerceptDataQuality
public import PerceptDatasets
import PerceptFeatures
import PerceptIO
import PerceptImages
import PerceptInterpretation
public import PerceptModels
public import PerceptTraining

/// A self-contained HTML report on a model, without scripts: data, training, evaluation, weights and explanations.
public struct Report: Sendable {
  let classifier: Classifier
  let training: Dataset?
  /// The evaluation on the images that the model has not seen.
  let unseen: UnseenEvaluation
  /// The evaluation whose images are shown: that of unseen images or, if there are none, that of all images.
  let evaluation: Evaluation
  let modelName: String
  /// The arguments of a command that reads the data of the report, quoted for a shell.
  let data: String
  /// What the names of all images begin with: a folder, or an IDX file. They are shown without it.
  private let location: String

  /// Creates a report on a model.
  ///
  /// - Parameters:
  ///   - classifier: The model.
  ///   - training: The training images, if available.
  ///   - evaluation: The evaluation of the model. Images that the model has seen are left out of the numbers.
  ///   - modelName: The file name of the model, which the usage examples show.
  public init(
    _ classifier: Classifier, training: Dataset?, evaluation: Evaluation, modelName: String = "model.safetensors"
  ) {
    let unseen = UnseenEvaluation(evaluation, of: classifier)
    self.init(classifier, training, unseen, unseen.evaluation ?? evaluation, modelName, data: nil)
  }

  /// Creates a report on a model and its evaluation on unseen images. `data` are the arguments of a command that reads
  /// the images.
  package init(
    _ classifier: Classifier, training: Dataset?, unseen: UnseenEvaluation, modelName: String, data: [String]
  ) throws {
    let evaluation = try unseen.evaluation ?? classifier.evaluate(on: unseen.dataset)
    self.init(classifier, training, unseen, evaluation, modelName, data: data)
  }

  /// Creates a report on a training run and the evaluation of its result.
  ///
  /// - Parameters:
  ///   - run: The training run.
  ///   - evaluation: The evaluation of its classifier. Images that it has seen are left out of the numbers.
  ///   - modelName: The file name of the model, which the usage examples show.
  public init(_ run: TrainingRun, _ evaluation: Evaluation, modelName: String = "model.safetensors") {
    self.init(run.classifier, training: run.dataset, evaluation: evaluation, modelName: modelName)
  }

  private init(
    _ classifier: Classifier, _ training: Dataset?, _ unseen: UnseenEvaluation, _ evaluation: Evaluation,
    _ modelName: String, data: [String]?
  ) {
    (self.classifier, self.training, self.unseen, self.evaluation) = (classifier, training, unseen, evaluation)
    self.modelName = modelName
    self.data = data.map { $0.map(quoted).joined(separator: " ") } ?? "DATA"
    let examples = [training, evaluation.dataset].compactMap(\.self).map(\.examples).joined()
    location = Self.commonLocation(of: examples.lazy.map(\.file))
  }

  /// Returns the longest path of a folder, with a slash at its end, or of an IDX file that all paths begin with.
  private static func commonLocation(of paths: some Sequence<String>) -> String {
    let (slash, number) = (UInt8(ascii: "/"), UInt8(ascii: "#"))
    var common: Substring.UTF8View?
    for path in paths {
      let end = path.utf8.lastIndex(of: number) ?? path.utf8.lastIndex(of: slash).map(path.utf8.index(after:))
      let start = path.utf8[..<(end ?? path.utf8.startIndex)]
      let shared = common.map { zip($0, start).prefix { $0 == $1 }.count } ?? start.count
      // A common start that is not a whole name ends after its last slash.
      let isWhole = common.map { $0.count == shared && start.count == shared } ?? true
      let prefix = start.prefix(shared)
      common =
        isWhole ? prefix : prefix[..<(prefix.lastIndex(of: slash).map(prefix.index(after:)) ?? prefix.startIndex)]
    }
    return common.flatMap { String($0) } ?? ""
  }

  /// The name of an image relative to the place of all images, such as `man/face_0.jpg` or `#409`.
  func name(of file: String) -> String { file.hasPrefix(location) ? String(file.dropFirst(location.count)) : file }

  /// The HTML document.
  public var html: String {
    let shortcuts = training.flatMap { try? ShortcutAnalysis(of: evaluation, training: $0) }
    let sections = [
      ("evaluation", "Evaluation", judgedSection),
      ("mistakes", "Mistakes", unseen.evaluation == nil ? "" : mistakesSection),
      ("images", "Images", dataSection), ("training", "Training", trainingSection),
      ("weights", "Learned weights", learnedSection), ("explanations", "Explanations", explanationSection),
      ("shortcuts", "Shortcuts", shortcutSection(shortcuts)), ("usage", "Usage", usageSection),
    ].filter { !$0.2.isEmpty }
    let contents = sections.map { "<li><a href=\"#\($0.0)\">\($0.1)</a></li>" }.joined()
    return Page.html(
      title: "\(Page.question(classifier.classNames)) A report", head: "\n<style>\(Self.styleSheet)</style>",
      body: ([
        summary(shortcuts: shortcuts), "<nav aria-label=\"Contents\"><ul>\(contents)</ul></nav>",
      ] + sections.map(\.2)).joined(separator: "\n"))
  }

  /// Writes the report to a file.
  ///
  /// - Parameters:
  ///   - path: The file to create.
  ///   - replacing: Whether to replace an existing file.
  /// - Throws: `FileError` if the file cannot be written.
  public func write(to path: String, replacing: Bool = false) throws {
    try FileSystem.write(Array(html.utf8), to: path, replacing: replacing)
  }

  /// The accuracy on unseen images or, if it is unknown, the reason.
  var answer: String {
    let parts =
      if unseen.verified != nil {
        [evaluation.score.sentence(), evaluation.verdict.sentence, unseen.sentence]
      } else if unseen.evaluation != nil {
        [unseen.sentence, evaluation.score.sentence(isUnseen: false)]
      } else {
        [unseen.sentence]
      }
    return parts.compactMap(\.self).joined(separator: " ")
  }

  /// The evaluation, if there are images to evaluate on.
  private var judgedSection: String {
    unseen.evaluation == nil
      ? Page.section("Evaluation", id: "evaluation", [Page.paragraph(answer)]) : evaluationSection
  }

  /// Parts side by side, as many in a row as fit. Empty parts are omitted.
  func columns(_ parts: [String], class name: String = "") -> String {
    "<div class=\"columns\(name.isEmpty ? "" : " \(name)")\">\n"
      + parts.filter { !$0.isEmpty }.joined(separator: "\n") + "\n</div>"
  }

  /// A part of ``columns(_:class:)`` across all columns, or across two with the class `span`.
  func wide(_ part: String, class name: String = "wide") -> String {
    part.isEmpty ? "" : "<div class=\"\(name)\">\n\(part)\n</div>"
  }

  func rounded(_ value: Double) -> String { Ticks.label((value * 1e6).rounded() / 1e6) }

  /// A number ≥ 0 with the same number of decimals in every row of a table.
  func fixed(_ value: Double, digits: Int) -> String {
    let scale = (0..<digits).reduce(1) { scale, _ in scale * 10 }
    guard let whole = Int(exactly: (value * Double(scale)).rounded()), whole >= 0 else { return Ticks.label(value) }
    let decimals = String(whole % scale)
    return "\(whole / scale).\(String(repeating: "0", count: digits - decimals.count))\(decimals)"
  }

  func significant(_ value: Double) -> Double { Ticks.significant(value, digits: 4) }
}
