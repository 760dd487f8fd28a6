/// The width and height of an image, in pixels.
public struct ImageSize: Sendable, Hashable, CustomStringConvertible {
  /// The number of columns; greater than 0.
  public let width: Int
  /// The number of rows; greater than 0.
  public let height: Int

  /// Creates the size of a square.
  ///
  /// - Parameter side: the number of columns and rows; must be > 0.
  public init(_ side: Int) {
    self.init(width: side, height: side)
  }

  /// Creates the size of a rectangle.
  ///
  /// - Parameters:
  ///   - width: the number of columns; must be > 0.
  ///   - height: the number of rows; must be > 0.
  public init(width: Int, height: Int) {
    precondition(width > 0 && height > 0, "width and height must be > 0 (got \(width) x \(height))")
    self.width = width
    self.height = height
  }

  /// Parses a size as written on a command line: `"64"` for a square, `"64x48"` for width and height; otherwise `nil`.
  ///
  /// - Parameter text: one number, or two separated by `x`, of digits only and from 1 to ``largestSide``.
  public init?(_ text: String) {
    let sides = text.split(separator: "x", omittingEmptySubsequences: false).map(Self.side)
    switch sides.count {
    case 1:
      guard let side = sides[0] else { return nil }
      self.init(side)
    case 2:
      guard let width = sides[0], let height = sides[1] else { return nil }
      self.init(width: width, height: height)
    default: return nil
    }
  }

  /// The largest side that images can be resized to by preprocessing: 4,096 pixels. A neuron with 4,096 x 4,096 RGB pixels
  /// as input has 50 million weights, which need 400 MB.
  public static let largestSide = 4_096

  /// The size as text, such as `"64 x 48"`.
  public var description: String { "\(width) x \(height)" }

  /// The size as written on a command line and in a URL, such as `"64x48"`. ``init(_:)`` parses it.
  package var text: String { width == height ? "\(width)" : "\(width)x\(height)" }

  /// Returns the size scaled down, keeping the aspect ratio, so that neither side is longer than `longest` ≥ 1 pixels.
  package func limited(toSide longest: Int) -> ImageSize {
    let side = max(width, height)
    guard side > longest else { return self }
    func shrunk(_ length: Int) -> Int { max(1, (length * longest + side / 2) / side) }
    return ImageSize(width: shrunk(width), height: shrunk(height))
  }

  package var transposed: ImageSize { ImageSize(width: height, height: width) }

  private static func side(_ text: Substring) -> Int? {
    guard text.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }) else { return nil }
    guard let side = Int(text), (1...largestSide).contains(side) else { return nil }
    return side
  }
}
