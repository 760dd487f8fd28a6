import PerceptDatasets
import PerceptImages
import PerceptModels

/// What the training was set to, and how it went.
extension Report {
  var trainingSection: String {
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
    let isCentered = record.stableLearningRate != nil && settings.scale == nil
    let chosen = settings.isAutomatic ? "chosen" + (isCentered ? ", on centred pictures" : "") : "as asked for"
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
