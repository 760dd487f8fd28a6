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
    self.classifier = classifier
    self.training = training
    unseen = UnseenEvaluation(evaluation, of: classifier)
    self.evaluation = unseen.evaluation ?? evaluation
    self.modelName = modelName
  }

  /// Creates a report on a model and its evaluation on unseen images.
  package init(_ classifier: Classifier, training: Dataset?, unseen: UnseenEvaluation, modelName: String) throws {
    self.classifier = classifier
    self.training = training
    self.unseen = unseen
    evaluation = try unseen.evaluation ?? classifier.evaluate(on: unseen.dataset)
    self.modelName = modelName
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

  /// The HTML document.
  public var html: String {
    let names = classifier.classNames
    let header = [
      "<header>", "<h1>\(escaped(Page.alternatives(names)))?</h1>", Page.paragraph(question),
      Page.paragraph(answer, class: "answer"), "</header>",
    ]
    return Page.html(
      title: "\(Page.alternatives(names))? A report",
      body: (header + [
        dataSection, trainingSection, judgedSection, learnedSection, explanationSection, shortcutSection,
        usageSection,
      ]).joined(
        separator: "\n"))
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

  private var question: String {
    let (preprocessing, names) = (classifier.preprocessing, classifier.classNames)
    let inputs = preprocessing.inputs(of: "an image", pixels: preprocessing.pixels)
    let hidden = classifier.network.layers.dropLast().map { "\($0.bias.count)" }
    let answer =
      names.count == 2
      ? "the probability that an image shows \(names[1]) rather than \(names[0])"
      : "the probability of each of \(names.count) classes"
    switch (hidden.isEmpty, names.count) {
    case (true, 2): return "One neuron takes \(inputs). It predicts \(answer)."
    case (true, _): return "One neuron per class takes \(inputs). Together they predict \(answer)."
    default:
      return
        "A network with hidden layers of \(hidden.joined(separator: ", ")) units takes \(inputs). It predicts \(answer)."
    }
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
    unseen.evaluation == nil ? Page.section("Evaluation", [Page.paragraph(answer)]) : evaluationSection
  }

  func rounded(_ value: Double) -> String { Ticks.label((value * 1e6).rounded() / 1e6) }

  func significant(_ value: Double) -> Double { Ticks.significant(value, digits: 4) }
}
