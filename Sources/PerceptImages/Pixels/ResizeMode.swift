/// The handling of an image whose aspect ratio differs from that of the target size.
public enum ResizeMode: String, Sendable, Hashable, CaseIterable, Codable {
  /// Keeps the largest centered part that has the target's aspect ratio.
  case crop
  /// Keeps the complete image, centered on black.
  case pad
  /// Keeps the complete image and changes its aspect ratio.
  case stretch
}

/// The part of an image that is used, and the part of the result that it fills.
package struct Placement: Sendable, Hashable {
  package var source: Rectangle
  /// The rest of the result is black.
  package var target: Rectangle
}

extension ResizeMode {
  package func placement(of image: ImageSize, in wanted: ImageSize) -> Placement {
    let whole = Rectangle(left: 0, top: 0, width: image.width, height: image.height)
    let all = Rectangle(left: 0, top: 0, width: wanted.width, height: wanted.height)
    return switch self {
    case .crop: Placement(source: Self.largestCenteredPart(of: image, shapedAs: wanted), target: all)
    case .pad: Placement(source: whole, target: Self.contained(image, in: wanted))
    case .stretch: Placement(source: whole, target: all)
    }
  }

  /// Returns the largest centered part. The side that is cut is rounded to the nearest pixel, the offsets are rounded down.
  private static func largestCenteredPart(of image: ImageSize, shapedAs wanted: ImageSize) -> Rectangle {
    var width = image.width
    var height = image.height
    if width * wanted.height > height * wanted.width {
      width = min(width, max(1, (2 * height * wanted.width + wanted.height) / (2 * wanted.height)))
    } else {
      height = min(height, max(1, (2 * width * wanted.height + wanted.width) / (2 * wanted.width)))
    }
    return Rectangle(
      left: (image.width - width) / 2, top: (image.height - height) / 2, width: width, height: height)
  }

  /// Returns the part of the result that the complete image fills. Sides and offsets are rounded as in Pillow's
  /// `ImageOps.contain` and `ImageOps.pad`, with ties to even; a side is at least 1.
  private static func contained(_ image: ImageSize, in wanted: ImageSize) -> Rectangle {
    let ratio = Double(image.width) / Double(image.height)
    let wantedRatio = Double(wanted.width) / Double(wanted.height)
    var width = wanted.width
    var height = wanted.height
    if ratio > wantedRatio {
      height = rounded(Double(image.height) / Double(image.width) * Double(wanted.width), upTo: wanted.height)
    } else if ratio < wantedRatio {
      width = rounded(ratio * Double(wanted.height), upTo: wanted.width)
    }
    return Rectangle(
      left: halved(wanted.width - width), top: halved(wanted.height - height), width: width, height: height)
  }

  private static func rounded(_ side: Double, upTo limit: Int) -> Int {
    min(limit, max(1, Int(side.rounded(.toNearestOrEven))))
  }

  private static func halved(_ margin: Int) -> Int {
    Int((Double(margin) * 0.5).rounded(.toNearestOrEven))
  }
}
