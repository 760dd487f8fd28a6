import PerceptDatasets
import PerceptFeatures
import PerceptFigures
import PerceptIO
import PerceptImages
import PerceptInterpretation
import PerceptModels
import PerceptTraining

/// The sections of the page that change with every training, as HTML.
extension TrainingSession {
  var names: [String] { classifier.classNames }

  /// The address of a resource that depends on these settings, escaped for HTML.
  private func address(_ path: String) -> String { escaped(path + "?" + settings.query) }

  /// A list item with a button that shows an image of the dataset. Pressing it opens the image's prediction.
  func button(_ split: String, _ index: Int, _ words: String, caption: [String]) -> String {
    let (preprocessing, size) = (settings.preprocessing, splits.training.images.preprocessing.size)
    let source = "photo.png?part=\(split)&index=\(index)&\(settings.imageQuery)"
    let lines = caption.map { "<small title=\"\(escaped($0))\">\(escaped($0))</small>" }.joined()
    return "<li><button type=\"button\" class=\"photo\" data-part=\"\(split)\" data-index=\"\(index)\">"
      + "<img\(preprocessing.extractor == .pixels ? "" : " class=\"smooth\"") src=\"\(escaped(source))\" alt=\"\(escaped(words))\" width=\"\(size.width)\" "
      + "height=\"\(size.height)\">\(lines)</button></li>"
  }

  /// The name of a split in a sentence, such as "validation" for `val`.
  static func adjective(_ split: String) -> String { Split(rawValue: split)?.adjective ?? split }

  // MARK: - Train and watch

  /// The learning curve: the cost of the training photos, and of the judged photos if there are others.
  var curve: Chart {
    var chart = Chart.learningCurve(of: [("cost", run.classifier.record)])
    chart.yLabel = "cost per photo"
    let points = frames.compactMap { frame in
      frame.results[judged.name].map { (x: Double(frame.iteration + 1) / Double(perEpoch), y: $0.cost) }
    }
    guard judged.name != "train", points.count > 1, let training = chart.series.first else { return chart }
    chart.series = [
      Chart.Series(name: "training photos", points: training.points),
      Chart.Series(name: "\(Self.adjective(judged.name)) photos", points: points),
    ]
    return chart
  }

  /// The number of updates in each point of the learning curve.
  var perEpoch: Int {
    run.classifier.record.configuration.batchSize.map { (splits.training.count + $0 - 1) / $0 } ?? 1
  }

  /// The learning curve, with a sentence about the course of the cost.
  var watch: String {
    Page.figure(
      curve.drawing(width: Self.curveWidth, height: Self.curveHeight), id: "learning-curve", caption: outcome)
  }

  /// The cost of the judged photos after each frame that knows it, if they are not those of the training.
  private var judgedCosts: [(iteration: Int, cost: Double)] {
    guard judged.name != "train" else { return [] }
    return frames.compactMap { frame in frame.results[judged.name].map { (frame.iteration, $0.cost) } }
  }

  /// How much the cost of the judged photos must change to be worth a sentence.
  private static let smallChange = 0.02

  /// Whether the cost of the judged photos still falls in the second half of the iterations.
  private var isStillFalling: Bool {
    guard let end = judgedCosts.last, let middle = judgedCosts.last(where: { $0.iteration <= end.iteration / 2 })
    else { return false }
    return end.cost < (1 - Self.smallChange) * middle.cost
  }

  /// The iteration after which the cost of the judged photos was lowest, if it has risen since then while that of the training
  /// photos fell; otherwise nil.
  private var overfitting: (iteration: Int, cost: Double)? {
    guard run.divergence == nil, let end = judgedCosts.last, let lowest = judgedCosts.min(by: { $0.cost < $1.cost }),
      end.cost > (1 + Self.smallChange) * lowest.cost, let last = run.costs.last,
      run.costs[min(max(lowest.iteration, 0) / perEpoch, run.costs.count - 1)] > last
    else { return nil }
    return lowest
  }

  /// What to do about a training that went wrong, by the control that does it.
  var advice: [String: String] {
    var advice = ["rate": "", "iterations": "", "l2": "", "hidden": ""]
    if !settings.hidden.isEmpty {
      let units = ConstantUnits(of: run.classifier.network, on: splits.training)
      advice["hidden"] = units.sentence.map { $0 + " Lower the learning rate, or choose other hidden units." } ?? ""
    }
    guard run.divergence == nil, let first = run.costs.first, let last = run.costs.last, run.costs.count > 1 else {
      return advice
    }
    if last > 0.9 * first, last <= first {
      let isLow = run.stableLearningRate.map { run.learningRate < 0.3 * $0 } ?? false
      advice[isLow ? "rate" : "iterations"] =
        "The cost has hardly fallen, from \(short(first)) to \(short(last)). "
        + (isLow ? "Raise the learning rate." : "Train for more iterations.")
    } else if isStillFalling, run.costs.count < 10_000 {
      advice["iterations"] =
        "The cost of the \(Self.adjective(judged.name)) photos is still falling. More iterations lower it further."
    } else if overfitting != nil {
      advice["l2"] = "The model overfits. A larger penalty, fewer iterations or more photos help."
    }
    return advice
  }

  static let curveWidth = 460.0
  static let curveHeight = 300.0

  private var outcome: String {
    let (record, rate) = (run.classifier.record, run.learningRate)
    let stable = record.stableLearningRate.map { Ticks.label(Ticks.significant($0, digits: 3)) }
    if let divergence = run.divergence {
      return
        "Training diverged and was stopped after \(counted(divergence.iteration, "iteration")). The weights with the lowest "
        + "cost (\(short(divergence.lowestCost))) are kept. Lower the learning rate"
        + (stable.map { "; the largest stable one is \($0)." } ?? ".")
    }
    guard let first = run.costs.first, let last = run.costs.last else { return "" }
    guard run.costs.count > 1 else { return "The cost was \(short(first)) before the only iteration." }
    let course = "The cost went from \(short(first)) to \(short(last))"
    let rises = TrainingRecord.rises(in: run.costs).count
    if rises == 0 { return course + " and never rose." + overfittingSentence }
    guard settings.hidden.isEmpty else { return course + "." + overfittingSentence }
    let isAbove = record.stableLearningRate.map { rate > $0 } ?? false
    return course + "; it rose \(rises == 1 ? "once" : "\(rises) times")"
      + (isAbove ? stable.map { ", which is possible above the largest stable learning rate, \($0)" } ?? "" : "") + "."
      + overfittingSentence
  }

  /// Says where overfitting begins, after a sentence; empty without it.
  private var overfittingSentence: String {
    overfitting.map {
      " That of the \(Self.adjective(judged.name)) photos was lowest "
        + ($0.iteration < 0 ? "before the first iteration" : "after iteration \($0.iteration)")
        + " (\(short($0.cost))) and is higher at the end: overfitting."
    } ?? ""
  }

  // MARK: - Judge the model

  /// The accuracies and the majority baseline in one line, for the bar that stays visible.
  var result: String {
    let scores = evaluations.map { name, evaluation in
      "<span>\(name == "train" ? name : Self.adjective(name)) <b>\(Ticks.percent(evaluation.accuracy))</b> (\(evaluation.score.correct) of \(evaluation.score.count))</span>"
    }
    let score = judged.evaluation.score
    let baseline = "<span>baseline, always \(escaped(score.majorityClass)): \(Ticks.percent(score.majority))</span>"
    return (scores + [baseline]).joined(separator: " ")
  }

  var judge: String {
    let sentences = evaluations.map { name, evaluation in
      let isJudged = name == judged.name && evaluation.seenCount == 0
      let verdict = isJudged ? " " + evaluation.verdict.sentence : ""
      let words = "\(Self.titles[name] ?? name): \(evaluation.score.sentence(isUnseen: name != "train"))\(verdict)"
      return Page.paragraph(words, class: isJudged ? "answer" : "")
    }
    let matrices = evaluations.reversed().map { matrix($0.name, $0.evaluation) }
    return sentences.reversed().joined(separator: "\n") + "<div class=\"matrices\">" + matrices.joined() + "</div>"
  }

  private static let titles = [
    "train": "Training photos", "val": "Validation photos", "test": "Test photos (never seen in training)",
  ]

  /// The confusion matrix, or for many classes the tables of ``worst(_:_:)``. They have at least one cell.
  private func matrix(_ split: String, _ evaluation: Evaluation) -> String {
    guard names.count <= Evaluation.mostShownClasses else { return worst(split, evaluation) }
    let counts = evaluation.confusion
    let head = names.map { "<th scope=\"col\">\(escaped($0))</th>" }.joined()
    let rows = names.enumerated().map { label, name in
      let total = counts[label].reduce(0, +)
      let cells = counts[label].enumerated().map { answer, count in cell(split, label, answer, count, of: total) }
      return "<tr><th scope=\"row\">\(escaped(name))</th>\(cells.joined())</tr>"
    }
    return table("\(Self.titles[split] ?? split): rows are labels, columns are predictions", "<td></td>\(head)", rows)
  }

  private func table(_ caption: String, _ head: String, _ rows: [String]) -> String {
    "<div class=\"scroll\"><table class=\"matrix\"><caption>\(escaped(caption))</caption><thead><tr>\(head)</tr>"
      + "</thead><tbody>\(rows.joined())</tbody></table></div>"
  }

  /// A cell of a confusion matrix: a button that shows its images. `total` is the number of images with the label.
  private func cell(_ split: String, _ label: Int, _ answer: Int, _ count: Int, of total: Int) -> String {
    let share = Int((100 * Double(count) / Double(max(total, 1))).rounded())
    let words = "\(counted(count, "\(names[label]) photo")) predicted \(names[answer])"
    return
      "<td><button type=\"button\" class=\"cell \(label == answer ? "right" : "wrong")\(count == 0 ? " none" : "")\" style=\"--share:\(share)%\" "
      + "data-part=\"\(split)\" data-label=\"\(label)\" data-answer=\"\(answer)\" aria-label=\"\(escaped(words))\">"
      + "\(count)</button></td>"
  }

  /// The number of rows of each table that replaces the matrix.
  private static let mostRows = 10

  /// Two tables: the most frequent confusions, if there are any, and the classes with the lowest accuracy.
  private func worst(_ split: String, _ evaluation: Evaluation) -> String {
    func row(_ label: Int, _ answer: Int, _ count: Int, of total: Int, _ headers: [Int]) -> String {
      let classes = headers.map { "<th scope=\"row\">\(escaped(names[$0]))</th>" }
      return "<tr>\(classes.joined())\(cell(split, label, answer, count, of: total))<td>of \(total)</td></tr>"
    }
    let title = Self.titles[split] ?? split
    let pairs = evaluation.confusions.prefix(Self.mostRows).map {
      row($0.label, $0.prediction, $0.count, of: $0.labelled, [$0.label, $0.prediction])
    }
    func rank(_ metrics: ClassMetrics) -> (Double, Int, Int) {
      (metrics.recall?.value ?? 0, -metrics.labelled, metrics.label)
    }
    let classes = evaluation.classMetrics.filter { $0.labelled > 0 }.sorted { rank($0) < rank($1) }
      .prefix(Self.mostRows).map { row($0.label, $0.label, $0.truePositives, of: $0.labelled, [$0.label]) }
    func head(_ names: [String]) -> String { names.map { "<th scope=\"col\">\($0)</th>" }.joined() }
    return
      (pairs.isEmpty
      ? "" : table("\(title): the most frequent mistakes", head(["label", "prediction", "photos", "of all"]), pairs))
      + table("\(title): the classes with the lowest accuracy", head(["class", "correct", "of all"]), classes)
  }

  /// The images of one cell of a confusion matrix, the most confident first, at most 60. Nil if there is no such cell.
  func photos(_ split: String, label: Int, answer: Int) -> String? {
    guard let evaluation = evaluation(split), names.indices.contains(label), names.indices.contains(answer) else {
      return nil
    }
    let chosen = evaluation.outcomes.enumerated()
      .filter { $1.example.label == label && $1.prediction.label == answer }
      .sorted { ($1.element.prediction.probability, $0.offset) < ($0.element.prediction.probability, $1.offset) }
    let most = 60
    let items = chosen.prefix(most).map { index, outcome in
      button(
        split, index, "\(names[label]) photo, \(FileSystem.name(of: outcome.example.file))",
        caption: [
          Ticks.percent(outcome.prediction.probability) + " " + names[answer], shortName(outcome.example.file),
        ])
    }
    let more = chosen.count > most ? " Only the first \(most) are shown." : ""
    let words = "\(counted(chosen.count, "\(names[label]) photo")) predicted \(names[answer])."
    return Page.paragraph(words + (chosen.isEmpty ? "" : " Select one to ask about it.") + more)
      + "<ul class=\"images\">\(items.joined())</ul>"
  }

  // MARK: - Keep the model

  /// Links to the model and the report, and the commands that reproduce and use the model.
  func keep(_ command: [String]) -> String {
    """
    <p class="actions"><a class="button" href="\(address("model.safetensors"))" download>Download the model</a>
    <a class="button" href="\(address("report.html"))" download>Download the report</a></p>
    \(Page.paragraph("This command trains exactly the same model, byte for byte:"))
    \(Page.code(command.map(quoted).joined(separator: " ")))
    \(Page.paragraph("Use the model for predictions, or serve it over HTTP:"))
    \(Page.code("percept predict model.safetensors photo.jpg\npercept serve model.safetensors"))
    """
  }
}

/// The name of a file; for an image in an IDX file, only its `#index`.
func shortName(_ file: String) -> String {
  file.lastIndex(of: "#").map { String(file[$0...]) } ?? FileSystem.name(of: file)
}

/// A number for display, rounded to four significant digits.
func short(_ value: Double) -> String { Ticks.label(Ticks.significant(value, digits: 4)) }
