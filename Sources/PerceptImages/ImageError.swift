/// An error in reading or writing an image: a file and a reason.
public struct ImageError: Error, Equatable, CustomStringConvertible {
  /// The reason for an image error.
  public enum Reason: Sendable, Equatable {
    /// The file is empty.
    case empty
    /// The file has a known but unsupported image format, such as "a JPEG XL image".
    case unsupported(kind: String)
    /// The file has a known format that is not an image format, such as "text (HTML)".
    case notAnImage(kind: String)
    /// The format of the file is unknown.
    case unknownFormat
    /// The image is damaged or incomplete; `words` is the decoder's description.
    case corrupt(format: String, words: String)
    /// There was not enough memory to decode the image. It may be intact.
    case outOfMemory
    /// The declared number of pixels exceeds the pixel budget of the caller.
    case tooManyPixels(width: Int, height: Int, limit: Int)
    /// A declared side exceeds the limit that applies regardless of the pixel budget.
    case tooLongSide(width: Int, height: Int, limit: Int)
    /// The library for this format is not installed; `package` is the name of its Debian package.
    case missingLibrary(format: String, library: String, package: String)
    /// The image cannot be written in this format.
    case notEncodable(format: String, words: String)
  }

  /// The name of the file, as the caller specified it.
  public let name: String
  /// The reason.
  public let reason: Reason

  /// Creates an error from the name of a file and a reason.
  public init(_ name: String, _ reason: Reason) {
    self.name = name
    self.reason = reason
  }

  /// One line: the file, the reason and, if there is one, a suggestion.
  public var description: String { "\(name): \(reason.description)" }
}

extension ImageError.Reason: CustomStringConvertible {
  /// A description of the reason and a suggestion, without the name of the file.
  public var description: String {
    switch self {
    case .empty: "empty file"
    case .unsupported(let kind): "\(kind); convert it to JPEG, PNG or WebP first"
    case .notAnImage(let kind): "\(kind), not an image"
    case .unknownFormat: "not an image in a supported format (\(ImageFormat.names))"
    case .corrupt(let format, let words): "truncated or corrupt \(format) data (\(words))"
    case .outOfMemory: "not enough memory to decode the image"
    case .tooManyPixels(let width, let height, let limit):
      "\(width) x \(height) pixels exceeds the limit of \(Self.inWords(limit)) pixels; scale the image down first"
    case .tooLongSide(let width, let height, let limit):
      "\(width) x \(height) pixels: a side exceeds the limit of \(Self.inWords(limit)) pixels"
    case .missingLibrary(let format, let library, let package):
      "\(format) images require the library \(library) (on Debian: apt install \(package)); "
        + "or convert it to JPEG, PNG or WebP first"
    case .notEncodable(let format, let words): "cannot be written as \(format) (\(words))"
    }
  }

  /// Returns "200 million" for whole millions, and digits for other numbers.
  private static func inWords(_ count: Int) -> String {
    count >= 1_000_000 && count % 1_000_000 == 0 ? "\(count / 1_000_000) million" : "\(count)"
  }
}
