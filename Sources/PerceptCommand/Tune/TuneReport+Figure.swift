import Percept

extension TuneReport {
  /// Accuracy and cost against the setting with the most numbers; the others tell curves apart.
  var figure: Drawing {
    let axis = axis
    let others = grid.names.filter { flag in
      flag != axis && grid.points.contains { $0.value(of: flag) != grid.points[0].value(of: flag) }
    }
    let places = results.compactMap { place(of: $0, on: axis) }
    var curves: [String: [(x: Double, result: CrossValidationResult)]] = [:]
    for result in results {
      let point = point(result)
      let settings = others.compactMap { words(for: $0, in: point) } + (point.value(of: axis) == "auto" ? ["auto"] : [])
      // What has no such setting is as it is all along the axis.
      let xs = place(of: result, on: axis).map { [$0] } ?? [places.min() ?? 1, places.max() ?? 1]
      curves[settings.joined(separator: ", "), default: []] += xs.map { ($0, result) }
    }
    return TuningFigure(
      curves.sorted { $0.key < $1.key }.map { (name: $0.key.isEmpty ? "given" : $0.key, points: $0.value) },
      against: Self.title(of: axis)
    ).drawing
  }

  /// What a legend says of a setting; words such as adam speak for themselves.
  private func words(for flag: String, in point: TuningGrid.Point) -> String? {
    if ["--activation", "--optimizer", "--scale"].contains(flag) { return point.value(of: flag) }
    let value = point.value(of: flag) ?? (flag == "--hidden" ? "none" : nil)
    return value.map { "\(Self.title(of: flag)) \($0)" }
  }

  /// The flag whose values are numbers, and more of them than any other's.
  private var axis: String {
    let flags = ["--learning-rate", "--iterations", "--epochs", "--l2", "--batch-size"]
    let counts = flags.map { flag in Set(grid.points.compactMap { $0.value(of: flag).flatMap(Double.init) }).count }
    return zip(flags, counts).first { $0.1 == counts.max() }?.0 ?? flags[0]
  }

  /// Where a trial stands on an axis; nil where it has no such setting.
  private func place(of result: CrossValidationResult, on axis: String) -> Double? {
    switch point(result).value(of: axis) {
    case "auto": result.learningRate?.mean
    case "full": Double(training.count - training.count / folds)
    case let value: value.flatMap(Double.init)
    }
  }
}
