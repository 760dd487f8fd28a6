/// A reader, and valid inputs that are changed at random for it.
struct FuzzTarget {
  /// Small valid inputs.
  let seeds: [[UInt8]]
  /// Corrects what a change makes invalid, such as a checksum, so that more of the reader is reached.
  var repair: ([UInt8]) -> [UInt8] = { $0 }
  /// The types of the errors with which an input may be refused.
  let refusals: [any Error.Type]
  /// Reads an input and uses the result. Throws if the input is refused, or a ``Violation`` if the result is wrong.
  let read: ([UInt8]) throws -> Void
}

extension FuzzTarget {
  /// The targets by their names, in the order in which they run. A target may write files into a folder.
  static let all: [(name: String, make: @Sendable (_ folder: String) throws -> FuzzTarget)] = [
    ("jpeg", jpeg), ("png", png), ("webp", webp), ("heif", heif), ("tiff", tiff), ("gif", gif),
    ("bmp", bmp), ("pnm", pnm), ("model", model), ("checkpoint", checkpoint),
    ("onnx", onnx), ("idx", idx), ("archive", archive), ("csv", csv), ("jsonl", jsonLines), ("multipart", multipart),
    ("inference", inference),
  ]

  /// Returns whether an input is accepted. Throws all errors with which it may not be refused.
  func accepts(_ input: [UInt8]) throws -> Bool {
    do {
      try read(input)
      return true
    } catch {
      guard refusals.contains(where: { $0 == type(of: error) }) else { throw error }
      try require("\(error)".utf8.count < Self.longestText, "the text of an error is too long")
      return false
    }
  }

  /// The maximum length of the text of an error, in bytes.
  private static let longestText = 1 << 16
}

/// A result that is wrong.
struct Violation: Error, CustomStringConvertible {
  let description: String
}

func require(_ condition: Bool, _ problem: @autoclosure () -> String) throws {
  if !condition { throw Violation(description: problem()) }
}
