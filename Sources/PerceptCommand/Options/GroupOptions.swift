import ArgumentParser
import Percept

/// Which pictures belong together.
struct GroupOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      """
      Pictures whose paths have the same text in the one capture of this regular expression, such as those of one person or one \
      burst, stay on one side: '([^/]*)-[0-9]*.jpg'.
      """,
      valueName: "pattern"))
  var groupBy: String?

  mutating func validate() throws {
    _ = try groupBy.map(FilePattern.init)
  }

  /// What puts pictures into groups; a picture without the pattern in its path stands for itself. Nil where nothing was asked for.
  func groups(of dataset: Dataset) throws -> ((Example) -> String)? {
    guard let groupBy else { return nil }
    let pattern = try FilePattern(groupBy)
    let others = dataset.examples.filter { pattern.group(of: $0.file) == nil }
    if let first = others.first {
      guard others.count < dataset.count else {
        throw ValidationError("--group-by \(groupBy): matches no picture, not even \(first.file).")
      }
      Terminal.warn(
        "--group-by does not match \(counted(others.count, "picture")), each of which stands for itself, such as \(first.file)."
      )
    }
    return { example in pattern.group(of: example.file).map { "=" + $0 } ?? example.file }
  }
}
