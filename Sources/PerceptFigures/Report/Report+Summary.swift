import PerceptDataQuality
import PerceptDatasets
import PerceptFeatures
import PerceptIO
import PerceptModels
import PerceptTraining

/// The first page of a report: the result, the worst mistakes, and what to do next.
extension Report {
  func summary(shortcuts: ShortcutAnalysis?) -> String {
    """
    <header>
    <h1>\(escaped(Page.question(classifier.classNames)))</h1>
    \(Page.paragraph(classifier.task, class: "lead"))
    <div class="columns">
    <section class="panel" id="result">
    <h2>Result</h2>
    \(result)
    </section>
    <section class="panel" id="worst">
    <h2>Worst mistakes</h2>
    \(worstMistakes)
    </section>
    <section class="panel" id="next">
    <h2>Next steps</h2>
    <ol>
    \(nextSteps(shortcuts).map(\.html).joined(separator: "\n"))
    </ol>
    </section>
    </div>
    </header>
    """
  }

  private var result: String {
    guard let verified = unseen.verified else { return Page.paragraph(answer, class: "answer") }
    let score = verified.score
    let bars = ProportionBars(
      title: "",
      summary: "The accuracy, \(Ticks.percent(score.accuracy)), with its confidence interval, and the share of always "
        + "answering \(score.majorityClass), \(Ticks.percent(score.majority)).",
      rows: [
        ProportionBars.Row("this model", Proportion(score.correct, of: score.count)),
        ProportionBars.Row(
          "always \(score.majorityClass)", Proportion(score.majorityCount, of: score.count), hasInterval: false,
          role: .muted),
      ])
    return [
      "<p class=\"number\">\(Ticks.percent(score.accuracy).replacing(" ", with: "\u{A0}"))</p>",
      Page.paragraph(answer, class: "answer"), bars.drawing(width: 360).svg(id: "result-bars", isStandalone: false),
      overfitting.map { Page.paragraph($0) } ?? "",
    ].filter { !$0.isEmpty }.joined(separator: "\n")
  }

  private var worstMistakes: String {
    let rows = mistakes.prefix(3)
    guard !rows.isEmpty else {
      return Page.paragraph("None of \(counted(evaluation.outcomes.count, "image")) is misclassified.")
    }
    let grid = ImageGrid(title: "", summary: "", cells: rows.map(mistakeCell), columns: 3)
    let count = evaluation.outcomes.count - evaluation.score.correct
    return Page.figure(
      grid,
      caption: "\(count) of \(counted(evaluation.outcomes.count, "image")) \(count == 1 ? "is" : "are") misclassified.")
  }

  /// Something to do next, and the command for it, if any.
  private struct NextStep {
    let text: String
    var command: String?
    /// The section of the report that says more.
    var section: String?

    init(_ text: String, command: String? = nil, section: String? = nil) {
      (self.text, self.command, self.section) = (text, command, section)
    }

    var html: String {
      let more = section.map { " <a href=\"#\($0)\">Details</a>" } ?? ""
      return "<li>\(Page.prose(text))\(more)"
        + (command.map { "\n" + Page.code($0) } ?? "") + "</li>"
    }
  }

  private static let mostSteps = 4

  private func nextSteps(_ shortcuts: ShortcutAnalysis?) -> [NextStep] {
    guard let verified = unseen.verified else {
      return [
        NextStep(
          "Evaluate the model on images that it was not trained on.",
          command: "percept evaluate \(quoted(modelName)) FOLDER"),
        useStep,
      ]
    }
    let isBetter = verified.verdict.finding == .better
    let steps = [
      isBetter ? nil : proofStep(verified.verdict), settingsStep(verified), weakestClassStep(verified),
      shortcutStep(shortcuts),
      mistakes.isEmpty
        ? nil
        : NextStep(
          "Check the labels: some mistakes may be images with a wrong label.",
          command: "percept explore \(data)\(ownFeatures) --gallery doubtful.html", section: "mistakes"),
    ].compactMap(\.self)
    return Array(steps.prefix(isBetter ? Self.mostSteps - 1 : Self.mostSteps)) + (isBetter ? [useStep] : [])
  }

  private var useStep: NextStep {
    NextStep(
      "Use the model in a program or over HTTP.", command: "percept serve \(quoted(modelName))", section: "usage")
  }

  private func proofStep(_ verdict: Verdict) -> NextStep? {
    guard verdict.finding == .undecided else { return nil }
    return NextStep(
      "Evaluate on more images: cross-validation tests a model on every image.",
      command: "percept cross-validate \(data)\(ownFeatures)")
  }

  /// The option of a command that selects the features of the model, unless they are the default.
  private var ownFeatures: String {
    let extractor = classifier.preprocessing.extractor
    return extractor == .pixels ? "" : " --features \(quoted(extractor.name))"
  }

  /// The accuracy below which other settings are suggested.
  private static let goodAccuracy = 0.85

  private func settingsStep(_ verified: Evaluation) -> NextStep? {
    let isPixels = classifier.preprocessing.extractor == .pixels
    guard overfitting != nil || verified.accuracy < Self.goodAccuracy else { return nil }
    let features =
      isPixels
      ? " --features " + (["pixels", "hog"] + Backbone.installedNames.prefix(1)).joined(separator: ",") : ownFeatures
    return NextStep(
      (overfitting == nil ? "Look for better settings" : "Reduce overfitting")
        + (isPixels
          ? ": compare other features and penalties. Pixels are a weak description of varied photos."
          : ": compare penalties, and add training images."),
      command: "percept tune \(data)\(features) --l2 0,0.01,0.1", section: "training")
  }

  /// Names the class that is recognized least, if its accuracy is significantly below that of all images.
  private func weakestClassStep(_ verified: Evaluation) -> NextStep? {
    let recalls = verified.classMetrics.compactMap { metrics in metrics.recall.map { (metrics.name, $0) } }
    guard let (name, recall) = recalls.min(by: { $0.1.value < $1.1.value }),
      recall.interval.upperBound < verified.accuracy
    else { return nil }
    return NextStep(
      "Add training images of \(name): only \(recall.part) of \(recall.count) are classified correctly "
        + "(\(Ticks.percent(recall.value))).", section: "evaluation")
  }

  private func shortcutStep(_ shortcuts: ShortcutAnalysis?) -> NextStep? {
    guard let first = shortcuts?.strong.first else { return nil }
    return NextStep(
      "Check for a shortcut: a neuron that sees only \(first.ablation.name(classifier.preprocessing.color)) of each image "
        + "classifies \(first.score.correct) of \(counted(first.score.count, "image")) correctly.", section: "shortcuts"
    )
  }
}
