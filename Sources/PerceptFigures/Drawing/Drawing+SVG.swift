import FoundationEssentials
import PerceptImages

extension Drawing {
  /// `id` must be unique on a page. A page with several drawings includes the style sheet once; they are not `isStandalone`.
  package func svg(id: String = "figure", isStandalone: Bool = true) -> String {
    svg(id: id, isStandalone: isStandalone, isLossless: false)
  }

  /// With `isLossless`, large images are embedded as PNG instead of JPEG, which makes the text larger.
  func svg(id: String = "figure", isStandalone: Bool = true, isLossless: Bool) -> String {
    var text = """
      <svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" class="percept" \
      viewBox="0 0 \(number(width)) \(number(height))" width="\(number(width))" height="\(number(height))" role="img" \
      aria-labelledby="\(id)-title \(id)-desc">
      <title id="\(id)-title">\(escaped(title))</title>
      <desc id="\(id)-desc">\(escaped(summary))</desc>
      \(isStandalone ? "<style>\(Self.styleSheet)</style>" : "")
      <rect class="page" width="\(number(width))" height="\(number(height))"/>

      """
    for shape in shapes { text += shape.svg(isLossless: isLossless) + "\n" }
    return text + "</svg>\n"
  }

  /// Its colors are distinguishable with color vision deficiency and have sufficient contrast on light and dark pages.
  package static let styleSheet = """
    .percept text{font-family:"Helvetica Neue",Arial,"DejaVu Sans",sans-serif}\
    .percept .page{fill:#ffffff}.percept .line{fill:none;stroke-linejoin:round;stroke-linecap:round}\
    \(rules(ink: "#1b1b1b", muted: "#595959", grid: "#dcdcdc", panel: "#f2f2f2", accent: "#b3261e", series: light))\
    @media (prefers-color-scheme:dark){.percept .page{fill:#16181c}\
    \(rules(ink: "#ececec", muted: "#a9adb3", grid: "#3a3d42", panel: "#24272c", accent: "#ff8a80", series: dark))}
    """

  private static let light = ["#0060a8", "#b84a00", "#00705a", "#8035a0", "#7a5c00", "#a8005f"]
  private static let dark = ["#6cb6ff", "#ffa45c", "#53d3ad", "#d6a1f2", "#e3c34a", "#ff8fc4"]

  private static func rules(
    ink: String, muted: String, grid: String, panel: String, accent: String, series: [String]
  ) -> String {
    let named = [("ink", ink), ("muted", muted), ("grid", grid), ("panel", panel), ("accent", accent)]
    return (named + series.enumerated().map { ("s\($0)", $1) }).map { name, color in
      ".percept .\(name){fill:\(color)}.percept .line.\(name){fill:none;stroke:\(color)}"
    }.joined()
  }
}

extension Shape {
  fileprivate func svg(isLossless: Bool) -> String {
    switch self {
    case .line(let points, let role, let width):
      let list = points.map { "\(number($0.x)),\(number($0.y))" }.joined(separator: " ")
      return "<polyline points=\"\(list)\" stroke-width=\"\(number(width))\"\(stroke(role))/>"
    case .arrow(let start, let end, let role): return arrow(from: start, to: end, role)
    case .rectangle(let box, let role, let radius): return "<rect \(place(box, radius))\(fill(role))/>"
    case .outline(let box, let role, let radius):
      return "<rect \(place(box, radius)) stroke-width=\"1\"\(stroke(role))/>"
    case .disc(let center, let radius, let role):
      return "<circle cx=\"\(number(center.x))\" cy=\"\(number(center.y))\" r=\"\(number(radius))\"\(fill(role))/>"
    case .text(let text, let at, let role, let size, let anchor, let isBold, let turned):
      let turn = turned == 0 ? "" : " transform=\"rotate(\(number(turned)) \(number(at.x)) \(number(at.y)))\""
      let weight = isBold ? " font-weight=\"bold\"" : ""
      return "<text x=\"\(number(at.x))\" y=\"\(number(at.y))\" font-size=\"\(number(size))\" "
        + "text-anchor=\"\(anchor.rawValue)\"\(weight)\(turn)\(fill(role))>\(escaped(text))</text>"
    case .image(let image, let box, let alt):
      let address = isLossless ? image.losslessDataURI : image.dataURI
      let rendering = box.hasSquares(of: image) ? "pixelated" : "auto"
      return "<image \(place(box, 0)) preserveAspectRatio=\"none\" style=\"image-rendering:\(rendering)\" role=\"img\" "
        + "aria-label=\"\(escaped(alt))\" xlink:href=\"\(address)\"><title>\(escaped(alt))</title></image>"
    }
  }

  /// A line with a filled triangle at its end. SVG markers would need an identifier that is unique on the page.
  private func arrow(from start: Point, to end: Point, _ role: Role) -> String {
    let (dx, dy) = (end.x - start.x, end.y - start.y)
    let length = max((dx * dx + dy * dy).squareRoot(), 1e-9)
    let (ux, uy) = (dx / length, dy / length)
    let neck = Point(end.x - 9 * ux, end.y - 9 * uy)
    let head = [end, Point(neck.x - 4 * uy, neck.y + 4 * ux), Point(neck.x + 4 * uy, neck.y - 4 * ux)]
    let list = head.map { "\(number($0.x)),\(number($0.y))" }.joined(separator: " ")
    return Shape.line([start, neck], role, width: 1.6).svg(isLossless: true)
      + "<polygon points=\"\(list)\"\(fill(role))/>"
  }

  private func place(_ box: Box, _ radius: Double) -> String {
    "x=\"\(number(box.x))\" y=\"\(number(box.y))\" width=\"\(number(box.width))\" height=\"\(number(box.height))\""
      + (radius > 0 ? " rx=\"\(number(radius))\"" : "")
  }

  private func fill(_ role: Role) -> String {
    if case .fixed(let color) = role { return " fill=\"\(color)\"" }
    return " class=\"\(role.className)\""
  }

  private func stroke(_ role: Role) -> String {
    if case .fixed(let color) = role { return " fill=\"none\" stroke=\"\(color)\"" }
    return " class=\"line \(role.className)\""
  }
}

extension Image {
  /// The image as a data URI: PNG, or JPEG above 131,072 pixels, where a PNG of photos would be large.
  package var dataURI: String {
    guard width * height > 1 << 17 else { return losslessDataURI }
    guard let bytes = try? encodedJPEG(quality: 85) else { return "data:," }
    return "data:image/jpeg;base64," + Data(bytes).base64EncodedString()
  }

  package var losslessDataURI: String {
    guard let bytes = try? encodedPNG() else { return "data:," }
    return "data:image/png;base64," + Data(bytes).base64EncodedString()
  }
}

/// Escapes the characters of a text that are special in XML and removes those that XML forbids.
package func escaped(_ text: String) -> String {
  var result = ""
  for scalar in text.unicodeScalars {
    switch scalar {
    case "&": result += "&amp;"
    case "<": result += "&lt;"
    case ">": result += "&gt;"
    case "\"": result += "&quot;"
    case "\t", "\n", "\r": result.unicodeScalars.append(scalar)
    case _ where scalar.value < 32 || scalar.value == 0xFFFE || scalar.value == 0xFFFF: continue
    default: result.unicodeScalars.append(scalar)
    }
  }
  return result
}

/// Formats a coordinate with at most two decimal places.
private func number(_ value: Double) -> String {
  let hundredths = (value * 100).rounded()
  guard abs(hundredths) < 1e15 else { return "0" }
  let whole = Int(hundredths)
  if whole % 100 == 0 { return "\(whole / 100)" }
  return whole % 10 == 0 ? "\(Double(whole / 10) / 10)" : "\(Double(whole) / 100)"
}
