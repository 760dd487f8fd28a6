public import PerceptDatasets
import PerceptIO
import PerceptImages
import PerceptInterpretation
public import PerceptModels
public import PerceptTraining

/// Everything about a model on one HTML page that needs no script, no network and no second file.
public struct Report: Sendable {
  let classifier: Classifier
  let training: Dataset?
  let evaluation: Evaluation
  let modelName: String

  /// A report of a model.
  ///
  /// - Parameters:
  ///   - classifier: the model.
  ///   - training: the pictures it was trained on, where they are at hand.
  ///   - evaluation: its answers for pictures that it was not trained on.
  ///   - modelName: the model's file, for the page's examples.
  public init(
    _ classifier: Classifier, training: Dataset?, evaluation: Evaluation, modelName: String = "model.safetensors"
  ) {
    self.classifier = classifier
    self.training = training
    self.evaluation = evaluation
    self.modelName = modelName
  }

  /// A report of a training and of the evaluation of what came of it.
  ///
  /// - Parameters:
  ///   - run: the training.
  ///   - evaluation: the answers of its classifier for other pictures.
  ///   - modelName: the model's file, for the page's examples.
  public init(_ run: TrainingRun, _ evaluation: Evaluation, modelName: String = "model.safetensors") {
    self.init(run.classifier, training: run.dataset, evaluation: evaluation, modelName: modelName)
  }

  /// The page.
  public var html: String {
    let names = classifier.classNames
    let header = [
      "<header>", "<h1>\(escaped(Page.alternatives(names)))?</h1>", Page.paragraph(question),
      Page.paragraph(answer, class: "answer"), "</header>",
    ]
    return Page.html(
      title: "\(Page.alternatives(names))? A report",
      body: (header + [
        dataSection, trainingSection, evaluationSection, learnedSection, explanationSection, shortcutSection,
        usageSection,
      ]).joined(
        separator: "\n"))
  }

  /// Writes the page.
  ///
  /// - Parameters:
  ///   - path: the file to make.
  ///   - replacing: whether a file already there may be replaced.
  /// - Throws: `FileError` when it cannot be written.
  public func write(to path: String, replacing: Bool = false) throws {
    try FileSystem.write(Array(html.utf8), to: path, replacing: replacing)
  }

  private var question: String {
    let (preprocessing, names) = (classifier.preprocessing, classifier.classNames)
    let pixels = "\(preprocessing.size) pixels \(preprocessing.color == .rgb ? "in colour" : "in gray")"
    let hidden = classifier.network.layers.dropLast().map { "\($0.bias.count)" }
    let answer =
      names.count == 2
      ? "how probably a picture is \(names[1]) rather than \(names[0])"
      : "how probable each of \(names.count) classes is"
    switch (hidden.isEmpty, names.count) {
    case (true, 2): return "One neuron looks at \(pixels) and says \(answer)."
    case (true, _): return "One neuron for each class looks at \(pixels); together they say \(answer)."
    default:
      return
        "A network looks at \(pixels) with hidden layers of \(hidden.joined(separator: ", ")) units and says \(answer)."
    }
  }

  /// How well it does, in a sentence or two.
  var answer: String { "\(evaluation.score.sentence()) \(evaluation.verdict.sentence)" }

  /// Six digits after the point at most.
  func rounded(_ value: Double) -> String { Ticks.label((value * 1e6).rounded() / 1e6) }

  /// Four digits that mean something.
  func significant(_ value: Double) -> Double { Ticks.significant(value, digits: 4) }
}
