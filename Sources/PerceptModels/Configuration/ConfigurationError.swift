/// An error of a ``TrainingConfiguration``: the value of an option is not valid, or conflicts with another option.
public struct ConfigurationError: Error, Equatable, CustomStringConvertible {
  /// The identifier of the option, such as "learningRate".
  public let option: String
  /// What is wrong, such as "must be > 0 (got -1.0)".
  public let problem: String

  package init(_ option: String, _ problem: String) {
    (self.option, self.problem) = (option, problem)
  }

  /// The option and what is wrong, such as "learningRate must be > 0 (got -1.0)".
  public var description: String { "\(option) \(problem)" }
}
