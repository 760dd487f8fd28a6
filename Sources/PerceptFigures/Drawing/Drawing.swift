public import PerceptImages

/// A drawing as values: shapes in a coordinate system of pixels with the origin at the top left, a title and a
/// description. It knows nothing of files; ``svg(id:)`` writes it and ``png(scale:)`` renders it.
public struct Drawing: Sendable, Hashable {
  /// Width in pixels.
  public let width: Double
  /// Height in pixels.
  public let height: Double
  /// What the drawing is called; screen readers say it first.
  public let title: String
  /// One or two sentences that say what can be seen.
  public let summary: String
  /// What is drawn, back to front.
  package var shapes: [Shape] = []

  package init(width: Double, height: Double, title: String, summary: String) {
    self.width = width
    self.height = height
    self.title = title
    self.summary = summary
  }
}

extension Drawing {
  /// One picture, as large as it is.
  ///
  /// - Parameters:
  ///   - image: the picture.
  ///   - title: what it is called, for those who cannot see it.
  public init(of image: Image, title: String) {
    self.init(width: Double(image.width), height: Double(image.height), title: title, summary: title)
    shapes = [.image(image, Box(x: 0, y: 0, width: width, height: height), alt: title)]
  }
}

/// A point of a drawing.
package struct Point: Sendable, Hashable {
  package var x: Double
  package var y: Double

  package init(_ x: Double, _ y: Double) {
    self.x = x
    self.y = y
  }
}

/// A rectangle of a drawing.
package struct Box: Sendable, Hashable {
  package var x: Double
  package var y: Double
  package var width: Double
  package var height: Double

  package var right: Double { x + width }
  package var bottom: Double { y + height }
}

/// What a shape stands for; the style sheet gives each role its colours on light and on dark pages.
package enum Role: Sendable, Hashable {
  /// Text and outlines to be read.
  case ink
  /// Text and lines that stand back.
  case muted
  /// Lines of a grid.
  case grid
  /// One of several series: 0, 1, 2, …
  case series(Int)
  /// Where attention is wanted.
  case accent
  /// Surfaces behind other shapes.
  case panel
  /// A colour of its own, the same on every page, `#rrggbb`.
  case fixed(String)

  /// The name of its class in the style sheet.
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

/// Something drawn.
package enum Shape: Sendable, Hashable {
  /// Where a text stands against its point.
  package enum Anchor: String, Sendable {
    case start, middle, end
  }

  /// A line through points.
  case line([Point], Role, width: Double)
  /// A line that ends in an arrow head.
  case arrow(Point, Point, Role)
  /// A filled rectangle with round corners of a radius.
  case rectangle(Box, Role, radius: Double = 0)
  /// A rectangle's outline.
  case outline(Box, Role, radius: Double = 0)
  /// A filled disc.
  case disc(Point, radius: Double, Role)
  /// A text on its base line, turned by degrees around its point.
  case text(String, Point, Role, size: Double = 13, anchor: Anchor = .start, isBold: Bool = false, turned: Double = 0)
  /// A picture stretched into a box, with words for those who cannot see it.
  case image(Image, Box, alt: String)
}
