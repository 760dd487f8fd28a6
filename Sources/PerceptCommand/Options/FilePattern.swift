import ArgumentParser

/// A regular expression whose one capture says which pictures belong together.
struct FilePattern {
  private let text: String
  private let pattern: Regex<AnyRegexOutput>

  /// - Throws: `ValidationError` when it cannot be understood or does not have one capture.
  init(_ text: String) throws {
    self.text = text
    do {
      pattern = try Regex(text)
    } catch {
      throw ValidationError("--group-by \(text): not a regular expression: \(error)")
    }
    // An empty alternative matches anything, and a match knows all captures of its pattern.
    let captures = try Regex("(?:\(text))|").firstMatch(in: "").map { $0.output.count - 1 } ?? 0
    guard captures == 1 else {
      throw ValidationError(
        "--group-by \(text): has \(captures) captures and needs one, in parentheses: what pictures of a group have in common, "
          + "as in '([^/]*)-[0-9]*.jpg'.")
    }
  }

  /// What the capture says of a file; nil where the pattern is not found in it.
  func group(of file: String) -> String? {
    (try? pattern.firstMatch(in: file))?.output[1].substring.map(String.init)
  }
}
