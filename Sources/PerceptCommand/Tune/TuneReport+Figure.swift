import Percept

extension TuneReport {
  /// Accuracy and cost against the setting with the most numeric values, with one curve per combination of the other settings.
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
      // A combination without this setting is a horizontal line.
      let xs = place(of: result, on: axis).map { [$0] } ?? [places.min() ?? 1, places.max() ?? 1]
      curves[settings.joined(separator: ", "), default: []] += xs.map { ($0, result) }
    }
    return TuningFigure(
      curves.sorted { $0.key < $1.key }.map { (name: $0.key.isEmpty ? "given" : $0.key, points: $0.value) },
      against: Self.title(of: axis)
    ).drawing
  }

  /// Returns the name of a setting in the legend. Values such as `adam` need no title.
  private func words(for flag: String, in point: TuningGrid.Point) -> String? {
    if ["--activation", "--optimizer", "--scale"].contains(flag) { return point.value(of: flag) }
    let value = point.value(of: flag) ?? (flag == "--hidden" ? "none" : nil)
    return value.map { "\(Self.title(of: flag)) \($0)" }
  }

  /// The flag with the most numeric values.
  private var axis: String {
    let flags = ["--learning-rate", "--iterations", "--epochs", "--l2", "--batch-size"]
    let counts = flags.map { flag in Set(grid.points.compactMap { $0.value(of: flag).flatMap(Double.init) }).count }
    return zip(flags, counts).first { $0.1 == counts.max() }?.0 ?? flags[0]
  }

  /// Returns the position of a result on an axis; nil if its combination does not have this setting.
  private func place(of result: CrossValidationResult, on axis: String) -> Double? {
    switch point(result).value(of: axis) {
    case "auto": result.learningRate?.mean
    case "full": Double(training.count - training.count / folds)
    case let value: value.flatMap(Double.init)
    }
  }
}
