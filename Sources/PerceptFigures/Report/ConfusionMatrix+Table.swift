import PerceptPlatform

/// The confusion matrix as an HTML table, which stays legible on a phone.
extension ConfusionMatrix {
  /// The table as a figure. Its classes are named in full in tooltips; empty cells are 0.
  func figure(caption: String) -> String {
    let columns = classNames + (showsAllClasses ? [] : ["other classes"])
    let heads = columns.map { "<th scope=\"col\" title=\"\(escaped($0))\"><span>\(escaped($0))</span></th>" }
    let rows = counts.enumerated().map { row, counts in
      let total = max(counts.reduce(0, +), 1)
      let cells = counts.enumerated().map { Self.cell($1, share: Double($1) / Double(total), isCorrect: $0 == row) }
      let name = escaped(classNames[row])
      return "<tr><th scope=\"row\" title=\"\(name)\">\(name)</th>\(cells.joined())</tr>"
    }
    let size = columns.count <= 4 ? "few" : columns.count <= 12 ? "some" : "many"
    return """
      <figure class="confusion \(size)">
      <div class="scroll" tabindex="0" role="region" aria-label="Confusion matrix"><table>
      <thead><tr><td>true ↓ predicted →</td>\(heads.joined())</tr></thead>
      <tbody>
      \(rows.joined(separator: "\n"))
      </tbody>
      </table></div>
      <figcaption>\(escaped(caption))</figcaption>
      </figure>
      """
  }

  /// A cell with a count. The more of the row's images it counts, the stronger its color.
  private static func cell(_ count: Int, share: Double, isCorrect: Bool) -> String {
    guard count > 0 else { return "<td></td>" }
    let opacity = (100 * (0.06 + 0.94 * share)).rounded() / 100
    let ink = needsWhite(opacity, isCorrect: isCorrect) ? " strong" : ""
    return "<td class=\"\(isCorrect ? "right" : "wrong")\(ink)\" style=\"--share:\(opacity)\">\(count)</td>"
  }

  /// Whether black text on the cell's color over white has less contrast than 4.5 to 1, by the formula of WCAG.
  private static func needsWhite(_ opacity: Double, isCorrect: Bool) -> Bool {
    let color = isCorrect ? [0.0, 84, 147] : [160.0, 40, 40]
    let linear = color.map { level in
      let share = (255 + (level - 255) * opacity) / 255
      return share <= 0.04045 ? share / 12.92 : pow((share + 0.055) / 1.055, 2.4)
    }
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2] < 0.178
  }
}
