public import Classification
public import Datasets
import Files
import Images
import Interpretation
import NeuralNetworks
public import Training

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
      body: (header + [dataSection, trainingSection, evaluationSection, learnedSection, shortcutSection, usageSection])
        .joined(
          separator: "\n"))
  }

  /// Writes the page.
  ///
  /// - Parameters:
  ///   - path: the file to make.
  ///   - replacing: whether a file already there may be replaced.
  /// - Throws: `FileError` when it cannot be written.
  public func write(to path: String, replacing: Bool = false) throws {
    try Files.write(Array(html.utf8), to: path, replacing: replacing)
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

  private var answer: String { "\(evaluation.score.sentence()) \(evaluation.verdict.sentence)" }
}

// MARK: - The data

extension Report {
  private var dataSection: String {
    let skipped = (training ?? evaluation.dataset).skipped
    var parts = [countTable]
    if let training {
      parts.append(meanImages(of: training))
      parts.append(montage(of: training, caption: "Pictures that it learned from, class by class."))
    } else {
      parts.append(montage(of: evaluation.dataset, caption: "Pictures that it was judged on, class by class."))
    }
    if skipped.isEmpty {
      parts.append(Page.paragraph("Every file could be read."))
    } else {
      let shown = skipped.prefix(50).map { "<li>\(escaped($0.file)): \(escaped($0.reason))</li>" }
      parts.append(Page.paragraph("\(counted(skipped.count, "file")) could not be read and took no part:"))
      parts.append("<ul class=\"files\">\n\(shown.joined(separator: "\n"))\n</ul>")
      if skipped.count > shown.count { parts.append(Page.paragraph("… and \(skipped.count - shown.count) more.")) }
    }
    return Page.section("The pictures", parts)
  }

  private var countTable: String {
    let datasets = (training.map { [("learned from", $0)] } ?? []) + [("judged on", evaluation.dataset)]
    let rows = classifier.classNames.enumerated().map { label, name in
      [name]
        + datasets.map { _, dataset in
          let count = dataset.classCounts[label]
          return "\(count) (\(Ticks.percent(Double(count) / Double(max(dataset.count, 1)))))"
        }
    }
    return Page.table(
      caption: "How many pictures each class has, and its share.", header: ["class"] + datasets.map(\.0),
      rows: rows + [["all"] + datasets.map { "\($0.1.count)" }])
  }

  private func meanImages(of dataset: Dataset) -> String {
    guard let figure = try? StatisticsFigure(dataset) else { return "" }
    let cells = figure.groups.map { group in
      ImageGrid.Cell(
        group.statistics.meanImage, title: ["mean of \(group.name)"], caption: [counted(group.count, "picture")])
    }
    let grid = ImageGrid(title: "Mean pictures", summary: "", cells: cells, columns: 3)
    return Page.figure(
      grid,
      caption: "The average picture of each class: where the averages differ, single neurons can tell them apart.")
  }

  private func montage(of dataset: Dataset, caption: String) -> String {
    let perClass = 32
    let chosen = dataset.classNames.indices.flatMap { label in
      dataset.examples.indices.filter { dataset.examples[$0].label == label }.prefix(perClass)
    }
    guard !chosen.isEmpty else { return "" }
    let montage = Montage(chosen.map { dataset.preprocessing.picture(of: dataset.withFeatures(of: $0, Array.init)) })
    let cell = ImageGrid.Cell(montage.image, title: ["\(chosen.count) of the pictures side by side"])
    return Page.figure(cell, caption: caption + " This is all that is seen of them.")
  }
}

// MARK: - Training

extension Report {
  private var trainingSection: String {
    let record = classifier.record
    let costs = record.costs
    guard let first = costs.first, let last = costs.last else {
      return Page.section("Training", [Page.paragraph("The weights are the initial ones; there was no training.")])
    }
    let unit = record.settings.batchSize == nil ? "iteration" : "epoch"
    let chart = Chart.learningCurve(of: [("cost", record)])
    let rises = costs.indices.dropFirst().count { costs[$0] > costs[$0 - 1] }
    let caption =
      "The cost falls from \(rounded(first)) to \(rounded(last))"
      + (rises == 0 ? " and never rises." : "; it rises at \(counted(rises, unit)), which the marks show.")
    return Page.section(
      "Training",
      [
        settingsTable(record), Page.figure(chart.drawing(width: 520, height: 360), id: "curve", caption: caption),
        costTable(costs, unit),
      ])
  }

  private func settingsTable(_ record: TrainingRecord) -> String {
    let settings = record.settings
    let isCentred = record.stableLearningRate != nil && settings.scale == nil
    let chosen = settings.isAutomatic ? "chosen" + (isCentred ? ", on centred pictures" : "") : "as asked for"
    let preprocessing = classifier.preprocessing
    let optional = [
      settings.momentum.map { ["momentum", Ticks.label($0)] }, settings.batchSize.map { ["batch size", "\($0)"] },
      settings.schedule.map { ["schedule of the rate", $0] },
      settings.augmentation.map { ["changes of pictures", $0] },
      settings.l2.map { ["penalty on weights (L2)", Ticks.label($0)] },
      settings.l1.map { ["penalty on weights (L1)", Ticks.label($0)] },
      settings.labelSmoothing.map { ["label smoothing", Ticks.label($0)] },
      settings.classWeights.map { ["class weights", $0.map { Ticks.label(significant($0)) }.joined(separator: ", ")] },
      settings.scale.map { ["features", $0] },
      classifier.temperature == 1
        ? nil : ["temperature, calibrated", Ticks.label(significant(classifier.temperature))],
    ].compactMap(\.self)
    return Page.table(
      caption: "What the training was set to.", header: ["setting", "value"],
      rows: [["optimizer", settings.optimizer]] + optional + [
        ["learning rate", "\(Ticks.label(significant(settings.learningRate))) (\(chosen))"],
        ["largest stable learning rate", record.stableLearningRate.map { Ticks.label(significant($0)) } ?? "unknown"],
        ["iterations", "\(settings.iterations)"],
        ["pictures", "\(preprocessing.size), \(preprocessing.color.rawValue), \(preprocessing.fit.rawValue)"],
      ])
  }

  private func costTable(_ costs: [Double], _ unit: String) -> String {
    let step = max(1, costs.count / 10)
    let rows = stride(from: 0, to: costs.count, by: step).prefix(10).map { ["\($0)", rounded(costs[$0])] }
    return Page.table(caption: "The cost of some of the \(unit)s.", header: [unit, "cost"], rows: rows)
  }
}

// MARK: - Evaluation, weights and use

extension Report {
  private var evaluationSection: String {
    let matrix = ConfusionMatrix(evaluation)
    let wrong = evaluation.misclassified
    let grid = ImageGrid.misclassified(evaluation)
    let more = wrong.count > grid.cells.count ? " The first \(grid.cells.count) of \(wrong.count)." : ""
    return Page.section(
      "How well it does",
      [
        Page.paragraph(answer), metricsTable, numbers,
        Page.figure(matrix.drawing, id: "confusion", caption: "What is right stands on the diagonal."),
        wrong.isEmpty
          ? Page.paragraph("Not one picture was misclassified.")
          : Page.figure(grid, caption: "The misclassified pictures, the most confident mistakes first.\(more)"),
      ] + curves)
  }

  /// How well each class is found.
  private var metricsTable: String {
    let unknown = "unknown"
    let rows = evaluation.classMetrics.map { metrics in
      [
        metrics.name, metrics.precision.map { Ticks.percent($0.value) } ?? unknown,
        metrics.recall.map { Ticks.percent($0.value) } ?? unknown,
        metrics.f1.map { Ticks.label(significant($0)) } ?? unknown,
      ]
    }
    return Page.table(
      caption:
        "Precision: of those answered with the class, the share that is right. Recall: of those that have the class, the share "
        + "that was found. F1 is their harmonic mean.", header: ["class", "precision", "recall", "F1"], rows: rows)
  }

  private var numbers: String {
    let area = evaluation.areaUnderROC.map { ["area under the ROC curve", Ticks.label(significant($0))] }
    return Page.table(
      caption: "What the probabilities are worth.", header: ["measure", "value"],
      rows: [
        ["balanced accuracy", Ticks.percent(evaluation.balancedAccuracy)], ["log loss", rounded(evaluation.cost())],
        ["Brier score", rounded(evaluation.brierScore)], ["calibration error", rounded(evaluation.calibration.error)],
      ] + [area].compactMap(\.self))
  }

  private var curves: [String] {
    let figure = EvaluationFigure(evaluation)
    let charts = [
      ("roc", figure.roc), ("precision-recall", figure.precisionRecall), ("calibration", figure.calibration),
    ]
    return charts.compactMap { id, chart in
      chart.map { Page.figure($0.drawing(width: 460, height: 380), id: id, caption: $0.summary) }
    }
  }

  private var learnedSection: String {
    let weights = WeightsFigure(classifier)
    let source = training ?? evaluation.dataset
    let samples = classifier.classNames.indices.flatMap { label in
      source.examples.indices.filter { source.examples[$0].label == label }.prefix(2)
    }
    let pictures = samples.map { index in
      (name: Files.name(of: source.examples[index].file), features: source.withFeatures(of: index, Array.init))
    }
    let names = classifier.classNames
    let caption =
      names.count == 2 && classifier.network.layers.count == 1
      ? "What each pixel counts: light in red places speaks for \(names[1]), light in blue places for \(names[0])."
      : weights.grid.summary
    var parts = [
      Page.figure(weights.grid, caption: caption),
      Page.figure(weights.scale, id: "scale", caption: "What the colours mean, in weight for each pixel."),
    ]
    if let learned = try? ImageGrid.learned(classifier, pictures: Array(pictures.prefix(24)), interpolation: .sinc) {
      let spokeFor = names.count == 2 ? names[1] : "the class that was answered"
      parts.append(
        Page.figure(
          learned,
          caption:
            "Pictures, and the same pictures multiplied by the weights: what is still bright spoke for \(spokeFor)."))
    }
    return Page.section("What it learned", parts)
  }

  private var usageSection: String {
    Page.section(
      "How to use it",
      [
        Page.paragraph("On the command line:"), Page.code("percept predict \(modelName) PICTURE.jpg"),
        Page.paragraph("From Swift:"),
        Page.code(
          """
          import Percept

          let classifier = try Classifier(contentsOf: "\(modelName)")
          let prediction = try classifier.predict(file: "PICTURE.jpg")
          print(classifier.classNames[prediction.label], prediction.probability)
          """),
      ])
  }

  private func rounded(_ value: Double) -> String { Ticks.label((value * 1e6).rounded() / 1e6) }

  private func significant(_ value: Double) -> Double { Ticks.significant(value, digits: 4) }
}
