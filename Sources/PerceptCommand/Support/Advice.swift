import Percept
import PerceptServer

enum Advice {
  /// Returns the message of an error, with flags in place of option identifiers and with advice about flags at the end.
  static func message(of error: any Error) -> String {
    if let error = error as? ConfigurationError { return error.flagged }
    return "\(error)\(advice(for: error))"
  }

  private static func advice(for error: any Error) -> String {
    switch error {
    case let error as FileError where error.reason == .alreadyExists:
      "; add --force to replace it, or choose another name"
    case let error as DatasetError: advice(for: error)
    case TrainingError.otherTraining: ", or leave out --resume and add --force to start again"
    case TrainingError.invalidClassWeights: " (--class-weights)"
    case TrainingError.noAutomaticRate: " (--learning-rate), or use --optimizer adam"
    case TrainingError.tooManyForDual: " (--form)"
    case is ServerError: " (--port, --host)"
    default: ""
    }
  }

  private static func advice(for error: DatasetError) -> String {
    switch error {
    case .emptyClass, .tooFewClasses: " (--classes a,b)"
    case .unknownClass(_, let available): selection(of: available).map { " (--classes \($0))" } ?? ""
    case .classUnknownToModel: " (--classes, as for percept train; LABEL=NAME renames)"
    case .tooFewForFolds, .invalidFolds: " (--folds)"
    case .tooLarge: " (--image-size)"
    case .notData(let path) where (try? Classifier(contentsOf: path)) != nil:
      "; this is a model; use it as percept evaluate MODEL DATA or percept predict MODEL IMAGE"
    default: ""
    }
  }

  /// Returns the argument that selects two classes, if a class must be quoted in it.
  private static func selection(of classes: [String]) -> String? {
    guard let special = classes.first(where: { ClassSelection.quoted($0) != $0 }) else { return nil }
    let other = classes.first { $0 != special }
    return quoted([special, other].compactMap(\.self).map(ClassSelection.quoted).joined(separator: ","))
  }
}
