import ArgumentParser
import Percept

struct GroupOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp("Regex that captures the group: '([^/]*)-[0-9]*.jpg'.", valueName: "pattern"))
  var groupBy: String?

  mutating func validate() throws {
    _ = try groupBy.map(FilePattern.init)
  }

  /// How a test split was drawn, with the pattern of the groups; nil if it was not drawn at random.
  func draw(of splits: DatasetSplits) -> SplitDraw? {
    splits.draw.map { SplitDraw(testFraction: $0.testFraction, seed: $0.seed, groups: groupBy) }
  }

  /// Nil without `--group-by`. A path that does not match is a group of its own. Throws `ValidationError` if none matches.
  func groups(of dataset: Dataset) throws -> ((Example) -> String)? {
    guard let groupBy else { return nil }
    let pattern = try FilePattern(groupBy)
    let others = dataset.examples.filter { pattern.group(of: $0.file) == nil }
    if let first = others.first {
      guard others.count < dataset.count else {
        throw ValidationError("--group-by \(groupBy) does not match any image, such as \(first.file).")
      }
      Terminal.warn(
        "--group-by does not match \(counted(others.count, "image")), such as \(first.file). Such an image is its own group."
      )
    }
    return { example in pattern.group(of: example.file).map { "=" + $0 } ?? example.file }
  }
}
