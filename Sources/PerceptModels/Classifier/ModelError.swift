import PerceptImages

/// Why a model cannot be used, or not on this data.
public enum ModelError: Error, Equatable, CustomStringConvertible {
  /// A file is not a Percept model, or a damaged one.
  case notAModel(path: String, problem: String)
  /// A file was written by a later version.
  case newerFormat(path: String, found: Int, known: Int)
  /// A dataset's features were made in another way than the model's.
  case otherPreprocessing(model: String, data: String)
  /// There is nothing to evaluate on.
  case noExamples
  /// A dataset has other classes, or in another order.
  case classMismatch(model: [String], data: [String])

  /// The fault in one sentence, with the way out.
  public var description: String {
    switch self {
    case .notAModel(let path, let problem): "\(path): not a usable Percept model: \(problem)"
    case .newerFormat(let path, let found, let known):
      "\(path): written by a newer Percept (model format \(found), this version reads up to \(known)); "
        + "update Percept to use it"
    case .otherPreprocessing(let model, let data):
      "the model takes pictures as \(model), but the data was prepared as \(data)"
    case .noExamples: "there is not one picture to evaluate on"
    case .classMismatch(let model, let data):
      "the model's classes are \(model.joined(separator: ", ")), but the data's are \(data.joined(separator: ", "))"
    }
  }
}
