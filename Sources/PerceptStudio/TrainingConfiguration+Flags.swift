package import PerceptModels

extension TrainingConfiguration {
  /// The flag of `percept train` that sets an option: `learningRate` is `--learning-rate`.
  package static func flag(of option: String) -> String {
    let names = ["augmentation": "augment", "scaling": "scale", "earlyStopping": "patience"]
    let name = names[option] ?? option
    return name.reduce(into: "--") { $0 += $1.isUppercase ? "-\($1.lowercased())" : "\($1)" }
  }
}
