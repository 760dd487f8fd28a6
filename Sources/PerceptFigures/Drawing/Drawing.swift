public import PerceptImages

/// A vector drawing: shapes in a coordinate system of pixels with the origin at the top left, a title and a description.
public struct Drawing: Sendable, Hashable {
  /// Width in pixels.
  public let width: Double
  /// Height in pixels.
  public let height: Double
  /// The title, which screen readers announce first.
  public let title: String
  /// A description of the drawing in one or two sentences.
  public let summary: String
  /// The shapes, back to front.
  package var shapes: [Shape] = []

  package init(width: Double, height: Double, title: String, summary: String) {
    self.width = width
    self.height = height
    self.title = title
    self.summary = summary
  }
}

extension Drawing {
  /// Creates a drawing of a single image at its original size.
  ///
  /// - Parameters:
  ///   - image: The image.
  ///   - title: The title, which is also the text alternative of the image.
  public init(of image: Image, title: String) {
    self.init(width: Double(image.width), height: Double(image.height), title: title, summary: title)
    shapes = [.image(image, Box(x: 0, y: 0, width: width, height: height), alt: title)]
  }
}

package struct Point: Sendable, Hashable {
  package var x: Double
  package var y: Double

  package init(_ x: Double, _ y: Double) {
    self.x = x
    self.y = y
  }
}

package struct Box: Sendable, Hashable {
  package var x: Double
  package var y: Double
  package var width: Double
  package var height: Double

  package var right: Double { x + width }
  package var bottom: Double { y + height }

  /// Whether the pixels of an image drawn here are squares. An image with more pixels than the box is scaled down smoothly.
  func hasSquares(of image: Image) -> Bool { Double(image.width) <= width || Double(image.height) <= height }
}

/// The role of a shape, which determines its color on light and dark pages through the style sheet.
package enum Role: Sendable, Hashable {
  /// Primary text and outlines.
  case ink
  /// Secondary text and lines.
  case muted
  case grid
  /// One of several series: 0, 1, 2, … Colors repeat after six.
  case series(Int)
  case accent
  /// Surfaces behind other shapes.
  case panel
  /// A fixed color on every page, `#rrggbb`.
  case fixed(String)

  /// Evidence for a class, in figures with attributions.
  static let evidenceFor = Role.fixed("#d84a30")
  static let evidenceAgainst = Role.fixed("#2f72dc")

  var className: String {
    switch self {
    case .ink: "ink"
    case .muted: "muted"
    case .grid: "grid"
    case .series(let index): "s\(index % 6)"
    case .accent: "accent"
    case .panel: "panel"
    case .fixed: ""
    }
  }
}

package enum Shape: Sendable, Hashable {
  package enum Anchor: String, Sendable {
    case start, middle, end
  }

  case line([Point], Role, width: Double)
  case arrow(Point, Point, Role)
  case rectangle(Box, Role, radius: Double = 0)
  case outline(Box, Role, radius: Double = 0)
  case disc(Point, radius: Double, Role)
  /// A text at its baseline, rotated around its point by an angle in degrees.
  case text(String, Point, Role, size: Double = 13, anchor: Anchor = .start, isBold: Bool = false, turned: Double = 0)
  /// An image stretched to a box, with a text alternative.
  case image(Image, Box, alt: String)
}
