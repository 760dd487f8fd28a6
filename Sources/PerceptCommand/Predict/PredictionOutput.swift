import ArgumentParser
import Percept

/// The formats of `percept predict` besides text.
enum PredictionFormat: EnumerableFlag {
  case json, csv

  static func help(for value: PredictionFormat) -> ArgumentHelp? {
    switch value {
    case .json: "Print one JSON object per image (JSON Lines)."
    case .csv: "Print CSV with the probability of every class."
    }
  }
}

/// Prints predictions, one line per image.
struct PredictionOutput {
  private let format: PredictionFormat?
  private let classNames: [String]
  private let rejectBelow: Double
  /// The width of the column with the class.
  private let width: Int

  /// Predictions with a probability below `rejectBelow` are printed as ``unsure``.
  init(_ format: PredictionFormat?, classNames: [String], rejectBelow: Double?) {
    (self.format, self.classNames, self.rejectBelow) = (format, classNames, rejectBelow ?? 0)
    width = (classNames + (rejectBelow == nil ? [] : [unsure])).map(\.count).max() ?? 0
  }

  /// Prints the names of the columns, if the format has any. Classes have a prefix, so that none is named like another column.
  func printHeader() {
    guard format == .csv else { return }
    Terminal.print(csv: ["file", "class", "probability", "error"] + classNames.map { "probability_\($0)" })
  }

  func print(_ prediction: Prediction, of image: String) throws {
    let name = prediction.isConfident(atLeast: rejectBelow) ? classNames[prediction.label] : unsure
    switch format {
    case nil:
      let padding = String(repeating: " ", count: width - name.count)
      Terminal.print("\(name)\(padding)  \(prediction.probability.fixed(4))  \(image)")
    case .json:
      let named = NamedPrediction(prediction, classNames: classNames, instead: name)
      try Terminal.print(json: PredictOutput(file: image, prediction: named))
    case .csv:
      Terminal.print(
        csv: [image, name, "\(prediction.probability)", ""] + prediction.probabilities.map { "\($0)" })
    }
  }

  /// Prints the row of an image that cannot be classified, if the format has one.
  func print(_ error: any Error, of image: String) throws {
    switch format {
    case nil: break
    case .json: try Terminal.print(json: PredictOutput(file: image, error: "\(error)"))
    case .csv: Terminal.print(csv: [image, "", "", "\(error)"] + classNames.map { _ in "" })
    }
  }
}

/// The JSON output for one image: the keys of its prediction, or an error.
private struct PredictOutput: Encodable {
  enum Key: CodingKey {
    case file, error
  }

  let file: String
  var prediction: NamedPrediction?
  var error: String?

  func encode(to encoder: any Encoder) throws {
    try prediction?.encode(to: encoder)
    var container = encoder.container(keyedBy: Key.self)
    try container.encode(file, forKey: .file)
    try container.encodeIfPresent(error, forKey: .error)
  }
}
