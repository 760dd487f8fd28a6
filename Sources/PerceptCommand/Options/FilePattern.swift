import ArgumentParser

/// A regular expression for file paths. The text of its only capture is the group of an image.
struct FilePattern {
  private let text: String
  private let pattern: Regex<AnyRegexOutput>

  /// Throws `ValidationError` if the text is not a regular expression with exactly one capture.
  init(_ text: String) throws {
    self.text = text
    do {
      pattern = try Regex(text)
    } catch {
      throw ValidationError("--group-by \(text) is not a regular expression: \(error)")
    }
    // With an empty alternative, the pattern matches the empty string. The match contains all captures of the pattern.
    let captures = try Regex("(?:\(text))|").firstMatch(in: "").map { $0.output.count - 1 } ?? 0
    guard captures == 1 else {
      throw ValidationError(
        "--group-by \(text) has \(captures) capture groups, but needs one: put parentheses around the text that the images of a "
          + "group have in common, as in '([^/]*)-[0-9]*.jpg'.")
    }
  }

  /// Returns the captured text of a path; nil if the pattern does not match any part of the path.
  func group(of file: String) -> String? {
    (try? pattern.firstMatch(in: file))?.output[1].substring.map(String.init)
  }
}
