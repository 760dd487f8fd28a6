import PerceptDatasets
import PerceptFeatures
import PerceptIO
import PerceptImages
import PerceptModels

extension Report {
  /// A sentence if the accuracy on training images is significantly (p < 0.05) higher than on images that were held out,
  /// and by at least five percentage points; otherwise nil.
  var overfitting: String? {
    guard let own = classifier.record.scores[Split.training.rawValue],
      let other = heldOutScore ?? unseen.verified?.score, own.count > 0, other.count > 0
    else { return nil }
    let total = Double(own.count + other.count)
    let pooled = Double(own.correct + other.correct) / total
    let error = (pooled * (1 - pooled) * total / (Double(own.count) * Double(other.count))).squareRoot()
    let gap = own.accuracy - other.accuracy
    guard gap >= 0.05, gap > 1.96 * error else { return nil }
    return
      "The model overfits: \(Ticks.percent(own.accuracy)) of the training images are classified correctly, but only "
      + "\(Ticks.percent(other.accuracy)) of images that it was not trained on."
  }

  /// The score on the test split or else on the validation split of the training.
  private var heldOutScore: Score? {
    let scores = classifier.record.scores
    return scores[Split.test.rawValue] ?? scores[Split.validation.rawValue]
  }

  /// The accuracy on each split after the training, as bars; empty if it is unknown.
  private var splitBars: String {
    let scores = classifier.record.scores
    let rows = Split.allCases.compactMap { split in
      scores[split.rawValue].flatMap { score -> ProportionBars.Row? in
        guard score.count > 0 else { return nil }
        return ProportionBars.Row(
          "\(split.adjective) (\(score.count))", Proportion(score.correct, of: score.count),
          hasInterval: split != .training, role: split == .training ? .muted : .series(0))
      }
    }
    guard !rows.isEmpty else { return "" }
    let counts = Split.allCases.compactMap { split in
      scores[split.rawValue].map { "\(split.adjective) \($0.correct) of \($0.count)" }
    }
    let bars = ProportionBars(
      title: "Accuracy by split", summary: "The accuracy on each split after the training.", rows: rows)
    return Page.figure(
      bars.drawing(), id: "splits",
      caption:
        "Correct answers: \(counts.joined(separator: ", ")). The accuracy on training images says nothing about new "
        + "images, so it has no confidence interval.")
  }

  var trainingSection: String {
    let record = classifier.record
    let costs = record.costs
    guard let first = costs.first, let last = costs.last else {
      return Page.section(
        "Training", id: "training", [Page.paragraph("The model was not trained; its weights are the initial ones.")])
    }
    let unit = record.configuration.batchSize == nil ? "iteration" : "epoch"
    let rises = TrainingRecord.rises(in: costs).count
    let caption =
      "The cost falls from \(rounded(first)) to \(rounded(last))"
      + (rises == 0 ? " and never rises." : "; it rises at \(counted(rises, unit)). Marks show where.")
      + (record.validation == nil
        ? "" : " The model has the weights with the lowest cost on the validation split.")
    return Page.section(
      "Training", id: "training",
      [
        overfitting.map { Page.paragraph($0) } ?? "",
        columns([
          Page.figure(curve(of: record).drawing(width: 390, height: 300), id: "curve", caption: caption),
          validationAccuracy(record), splitBars, settingsTable(record),
        ]), Page.details("The cost at selected \(unit)s", costTable(costs, unit)),
      ])
  }

  /// The cost on the training split and, if it was computed, on the validation split.
  private func curve(of record: TrainingRecord) -> Chart {
    var chart = Chart.learningCurve(of: [("cost", record)])
    if let validation = record.validation, !validation.isEmpty {
      chart.series[0] = Chart.Series(name: "training", points: chart.series[0].points)
      chart.series.append(
        Chart.Series(name: "validation", points: validation.map { (x: Double($0.iteration), y: $0.cost) }))
    }
    return chart
  }

  /// The accuracy on the validation split during the training; empty if it was not computed.
  private func validationAccuracy(_ record: TrainingRecord) -> String {
    guard let validation = record.validation, validation.count > 1 else { return "" }
    var chart = Chart(
      title: "Validation accuracy",
      summary: "The accuracy on the validation split during the training.",
      xLabel: record.configuration.batchSize == nil ? "iteration" : "epoch", yLabel: "accuracy",
      series: [
        Chart.Series(name: "validation", points: validation.map { (x: Double($0.iteration), y: $0.accuracy) })
      ])
    chart.yRange = 0...1
    return Page.figure(chart.drawing(width: 390, height: 300), id: "validation", caption: chart.summary)
  }

  private func settingsTable(_ record: TrainingRecord) -> String {
    let configuration = record.configuration
    let isAutomatic = configuration.learningRate == .automatic
    let isCentered = record.stableLearningRate != nil && configuration.scaling == .centered
    let chosen = isAutomatic ? "automatic" + (isCentered ? ", on centered features" : "") : "as specified"
    let preprocessing = classifier.preprocessing
    let shown: Set = ["optimizer", "learningRate", "iterations", "scaling", "form", "seed"]
    let others = configuration.changes().filter { !shown.contains($0.key) }.sorted { $0.key < $1.key }
    let temperature = classifier.temperature
    return Page.table(
      caption: "Training settings.", header: ["setting", "value"],
      rows: [["optimizer", configuration.optimizer.name]] + others.map { [Self.words($0.key), $0.value.description] }
        + [
          ["learning rate", "\(Ticks.label(significant(record.learningRate))) (\(chosen))"],
          [
            "largest stable learning rate", record.stableLearningRate.map { Ticks.label(significant($0)) } ?? "unknown",
          ],
          ["iterations", "\(configuration.iterations)"],
          ["features", "\(grouped(preprocessing.featureCount)) (\(preprocessing.extractor.name))"],
          ["feature scaling", configuration.scaling.rawValue],
          ["images", "\(preprocessing.size), \(preprocessing.color.rawValue), \(preprocessing.fit.rawValue)"],
        ] + (temperature == 1 ? [] : [["calibration temperature", Ticks.label(significant(temperature))]]))
  }

  /// `batchSize` as "batch size".
  private static func words(_ identifier: String) -> String {
    identifier.reduce(into: "") { $0 += $1.isUppercase ? " \($1.lowercased())" : "\($1)" }
  }

  private func costTable(_ costs: [Double], _ unit: String) -> String {
    let step = max(1, costs.count / 10)
    let rows = stride(from: 0, to: costs.count, by: step).prefix(10).map { ["\($0)", rounded(costs[$0])] }
    return Page.table(caption: "The cost at selected \(unit)s.", header: [unit, "cost"], rows: rows)
  }
}
