import PerceptDatasets

extension TrainingRecord {
  /// Throws ``ConfigurationError`` for the first number of a file that no training run has. Other numbers, such as costs,
  /// can have any finite value.
  func check() throws(ConfigurationError) {
    try configuration.checkCounts()
    for result in validation ?? [] {
      try TrainingConfiguration.check("iteration", result.iteration, from: 0)
      guard (0...1).contains(result.accuracy) else {
        throw .init("accuracy", "must be 0 to 1 (got \(result.accuracy))")
      }
    }
    for (split, score) in scores {
      try TrainingConfiguration.check("count", score.count, from: 1)
      let counts = 0...score.count
      guard counts.contains(score.correct), counts.contains(score.majorityCount) else {
        throw .init("scores.\(split)", "must have a correct and a majorityCount from 0 to \(score.count)")
      }
    }
    if let draw, !(0...1).contains(draw.testFraction) {
      throw .init("testFraction", "must be 0 to 1 (got \(draw.testFraction))")
    }
  }
}
