/// Why bytes are not a picture that can be used, and of which file.
public struct ImageError: Error, Equatable, CustomStringConvertible {
  /// What was wrong, with the facts.
  public enum Reason: Sendable, Equatable {
    /// No bytes at all.
    case empty
    /// A picture or document of a kind that is recognised and not decoded, such as "a GIF picture".
    case unsupported(kind: String)
    /// Not a picture at all, such as "text (HTML)".
    case notAnImage(kind: String)
    /// Bytes that begin like no format that is known.
    case unknownFormat
    /// A picture of a decoded format whose data are damaged or incomplete; `words` are the decoder's own.
    case corrupt(format: String, words: String)
    /// More pixels declared than the caller allows.
    case tooManyPixels(width: Int, height: Int, limit: Int)
    /// A declared side longer than any that is decoded, whatever the pixel budget.
    case tooLongSide(width: Int, height: Int, limit: Int)
    /// More than one frame.
    case animated(format: String)
    /// A library that this format needs is not installed; `package` is its Debian name.
    case missingLibrary(format: String, package: String)
    /// The picture cannot be written in this format.
    case notEncodable(format: String, words: String)
  }

  /// The file, as the caller named it.
  public let name: String
  /// What was wrong with it.
  public let reason: Reason

  /// A refusal of the file called `name` for `reason`.
  public init(_ name: String, _ reason: Reason) {
    self.name = name
    self.reason = reason
  }

  /// One line: the file, what is wrong with it and, where there is one, the way out.
  public var description: String { "\(name): \(reason.description)" }
}

extension ImageError.Reason: CustomStringConvertible {
  /// What was wrong and the way out, without the file's name.
  public var description: String {
    switch self {
    case .empty: "empty file"
    case .unsupported(let kind): "\(kind); convert it to JPEG, PNG or WebP first"
    case .notAnImage(let kind): "\(kind), not a picture"
    case .unknownFormat: "not a picture in a format that is known (JPEG, PNG, WebP, HEIC or AVIF)"
    case .corrupt(let format, let words): "truncated or corrupt \(format) data (\(words))"
    case .tooManyPixels(let width, let height, let limit):
      "\(width) x \(height) pixels is more than the limit of \(Self.inWords(limit)); make the picture smaller first"
    case .tooLongSide(let width, let height, let limit):
      "\(width) x \(height) pixels: a side is longer than the limit of \(Self.inWords(limit))"
    case .animated(let format): "an animated \(format) picture; save the frame that you want as a still picture first"
    case .missingLibrary(let format, let package):
      "\(format) pictures need the library libheif (on Debian: apt install \(package)); "
        + "or convert it to JPEG, PNG or WebP first"
    case .notEncodable(let format, let words): "cannot be written as \(format) (\(words))"
    }
  }

  /// "200 million" for whole millions, plain digits for the rest.
  private static func inWords(_ count: Int) -> String {
    count >= 1_000_000 && count % 1_000_000 == 0 ? "\(count / 1_000_000) million" : "\(count)"
  }
}
