import PerceptImages

/// An error of a model file, or of a model on data that does not fit it.
public enum ModelError: Error, Equatable, CustomStringConvertible {
  /// The file is not a Percept model, or it is damaged.
  case notAModel(path: String, problem: String)
  /// The file has a format version newer than the supported one.
  case newerFormat(path: String, found: Int, known: Int)
  /// The extractor of the model's features cannot be used, such as a backbone that is not installed.
  case unusableFeatures(path: String, problem: String)
  /// The preprocessing of the dataset differs from that of the model.
  case otherPreprocessing(model: String, data: String)
  /// The dataset has no images to evaluate the model on.
  case noExamples
  /// The classes of the dataset, or their order, differ from those of the model.
  case classMismatch(model: [String], data: [String])

  /// What is wrong, where, and how to fix it.
  public var description: String {
    switch self {
    case .notAModel(let path, let problem): "\(path): not a valid Percept model: \(problem)"
    case .newerFormat(let path, let found, let known):
      "\(path): written by a newer version of Percept (model format \(found); this version supports up to \(known)); "
        + "update Percept to use it"
    case .unusableFeatures(let path, let problem): "\(path): \(problem)"
    case .otherPreprocessing(let model, let data):
      "the preprocessing of the data (\(data)) differs from that of the model (\(model))"
    case .noExamples: "there are no images to evaluate the model on"
    case .classMismatch(let model, let data):
      "the model has the classes \(model.joined(separator: ", ")), but the data has \(data.joined(separator: ", "))"
    }
  }
}
