/// Width and height of a picture, in pixels.
public struct ImageSize: Sendable, Hashable, CustomStringConvertible {
  /// Columns; greater than 0.
  public let width: Int
  /// Rows; greater than 0.
  public let height: Int

  /// A square.
  ///
  /// - Parameter side: columns and rows, greater than 0.
  public init(_ side: Int) {
    self.init(width: side, height: side)
  }

  /// A rectangle.
  ///
  /// - Parameters:
  ///   - width: columns, greater than 0.
  ///   - height: rows, greater than 0.
  public init(width: Int, height: Int) {
    precondition(width > 0 && height > 0, "a picture has at least one pixel")
    self.width = width
    self.height = height
  }

  /// A size as written on a command line: `"64"` for a square, `"64x48"` for width by height.
  ///
  /// - Parameter text: digits, or digits, `x`, digits; each number from 1 to ``largestSide``. Anything else is nil.
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

  /// The largest side that pictures are prepared to: 4,096. A neuron that looks at 4,096 x 4,096 pixels in color has 50
  /// million weights, which take 400 MB.
  public static let largestSide = 4_096

  /// `"64 x 48"`.
  public var description: String { "\(width) x \(height)" }

  /// The size as it is written on a command line and in an address: ``init(_:)`` of a text reads it.
  package var text: String { width == height ? "\(width)" : "\(width)x\(height)" }

  /// Columns for rows.
  package var transposed: ImageSize { ImageSize(width: height, height: width) }

  private static func side(_ text: Substring) -> Int? {
    guard text.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }) else { return nil }
    guard let side = Int(text), (1...largestSide).contains(side) else { return nil }
    return side
  }
}
