import ArgumentParser
import Percept

/// The options of commands that evaluate a model on the images that it has not seen.
struct UnseenOptions: ParsableArguments {
  @Flag(help: "Trust that a model without a record of its training images has not seen DATA.")
  var assumeUnseen = false

  /// Evaluates a model on the images of a dataset that neither it nor the other model, if any, has seen.
  func evaluation(of classifier: Classifier, and other: Classifier? = nil, on dataset: Dataset) throws
    -> UnseenEvaluation
  {
    let result = try classifier.evaluateUnseen(in: dataset, and: other)
    return assumeUnseen ? result.assumedUnseen : result
  }

  /// Evaluates a model and prints which images are left out. Throws ``NothingUnseen`` if no image is unseen.
  func shownEvaluation(of classifier: Classifier, on dataset: Dataset, path: String, isQuiet: Bool) throws
    -> Evaluation
  {
    let result = try evaluation(of: classifier, on: dataset)
    guard let evaluation = result.evaluation else { throw NothingUnseen(path: path, reason: result.sentence ?? "") }
    if result.verified == nil {
      Terminal.warn("\(result.sentence ?? "") \(UnseenEvaluation.unknownAdvice)")
    } else if let sentence = result.sentence, !isQuiet {
      Terminal.note(sentence)
    }
    return evaluation
  }
}

extension UnseenEvaluation {
  /// The flag to use if it is unknown which images the model has seen.
  static let unknownAdvice = "If these images are unseen, use --assume-unseen."
}

/// All images that a command is to evaluate a model on have been seen by the model.
struct NothingUnseen: Error, CustomStringConvertible {
  let path: String
  let reason: String

  var description: String { "\(path): nothing to evaluate on. \(reason) Use other images." }
}
