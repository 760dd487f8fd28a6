package import PerceptDataQuality
package import PerceptDatasets
import PerceptFeatures
import PerceptIO
import PerceptImages
package import PerceptInterpretation
import PerceptModels
import PerceptTraining

/// `remark` is a sentence about the image, if any.
package typealias ExplainedImage = (name: String, explanation: Explanation, remark: String?)

/// An HTML page with explanations of images. It is self-contained: no scripts, no network access, no other files.
package struct ExplanationPage: Sendable {
  private let images: [ExplainedImage]
  private let training: Dataset?
  private let units: ImageGrid?
  private let shortcuts: ShortcutAnalysis?
  private let style: Attributions.MapStyle

  /// All images have one classifier. `training` is in the order of the representer values; without it, no influence is shown.
  package init(
    _ images: [ExplainedImage], training: Dataset? = nil, units: ImageGrid? = nil,
    shortcuts: ShortcutAnalysis? = nil, style: Attributions.MapStyle = .smooth
  ) {
    self.images = images
    self.training = training
    self.units = units
    self.shortcuts = shortcuts
    self.style = style
  }

  package var html: String {
    let names = images.first?.explanation.classNames ?? []
    let sections = images.map { Page.section($0.name, parts(of: $0.explanation, remark: $0.remark)) }
    let hidden = units.map { Page.section($0.title, [Page.figure($0, caption: $0.summary)]) }
    let simpler = training.flatMap { shortcuts?.section(examples: $0) }
    return Page.html(
      title: "Why \(Page.alternatives(names))?",
      body: "<header>\n<h1>\(escaped("Why \(Page.alternatives(names))?"))</h1>\n</header>\n"
        + (sections + [hidden, simpler].compactMap(\.self)).joined(separator: "\n"))
  }

  package func write(to path: String, replacing: Bool = false) throws {
    try FileSystem.write(Array(html.utf8), to: path, replacing: replacing)
  }

  private func parts(of explanation: Explanation, remark: String?) -> [String] {
    let answer = explanation.classNames[explanation.prediction.label]
    let regions = [(true, explanation.className), (false, explanation.otherName)].compactMap { isFor, name -> String? in
      let parts = explanation.regions(for: isFor)
      return parts.isEmpty ? nil : "Most evidence for \(name): \(parts.joined(separator: ", "))."
    }
    return [
      Page.paragraph("\(answer), \(Ticks.percent(explanation.prediction.probability))", class: "answer"),
      remark.map { Page.paragraph($0) } ?? "",
      Page.figure(
        ImageGrid(title: "", summary: "", cells: cells(of: explanation), columns: 4, cellWidth: 240),
        caption: "\(explanation.attributionSentence) \(explanation.counterfactualSentence)"),
      Page.table(
        caption: "The logit z as a sum", header: ["term", "value"],
        rows: explanation.summands.map { [$0.name, Explanation.signed($0.value)] }
          + [["total: z for \(explanation.className)", Explanation.signed(explanation.attributions.logit)]]),
      Page.paragraph(regions.joined(separator: " ")),
    ] + influence(of: explanation)
  }

  /// The first image has no prediction as its title, because it is in the line above.
  private func cells(of explanation: Explanation) -> [ImageGrid.Cell] {
    var cells = explanation.cells(style)
    cells[0].title = ["image", "as the model sees it"]
    return cells
  }

  private func influence(of explanation: Explanation) -> [String] {
    guard let influence = explanation.influence, let training else { return [] }
    let ways = [(true, explanation.className), (false, explanation.otherName)].map { isFor, name in
      let cells = influence.strongest(6, for: isFor).map { row, pull in
        training.cell(row, title: Explanation.signed(pull))
      }
      return cells.isEmpty
        ? ""
        : Page.figure(
          ImageGrid(title: "", summary: "", cells: cells, columns: 6),
          caption: "The training images with the most influence for \(name).")
    }
    return [Page.paragraph(explanation.influenceSentence(among: training.count))] + ways
  }
}

extension Explanation {
  /// The image, its attributions, the counterfactual and the difference, each with a title.
  package func cells(_ style: Attributions.MapStyle = .smooth) -> [ImageGrid.Cell] {
    let seen = ImageGrid.Cell(image, title: [classNames[prediction.label], Ticks.percent(prediction.probability)])
    let added = ImageGrid.Cell(
      attributionImage(style),
      title: [
        "attributions", extractor == .pixels ? "of each pixel" : style == .smooth ? "drawn smoothly" : "of each square",
      ])
    if let occlusion {
      let other = classNames[occlusion.prediction.label]
      return [
        seen, added,
        ImageGrid.Cell(
          occlusion.image, title: ["occlusion", "\(other), \(Ticks.percent(occlusion.prediction.probability))"]),
      ]
    }
    guard let counterfactual else { return [seen, added] }
    let (image, factor) = counterfactual.difference
    return [
      seen, added,
      ImageGrid.Cell(
        counterfactual.image,
        title: [classNames[counterfactual.prediction.label], Ticks.percent(counterfactual.prediction.probability)]),
      ImageGrid.Cell(image, title: ["difference", factor == 1 ? "not amplified" : "amplified \(factor) times"]),
    ]
  }
}

extension Dataset {
  /// A cell with an image, its class and its file name. For an image in an IDX file, the name is `#` and its index.
  func cell(_ row: Int, title: String) -> ImageGrid.Cell {
    let file = examples[row].file
    let name =
      file.lastIndex(of: "#").map { String(file[$0...]) } ?? file.split(separator: "/").suffix(2).joined(separator: "/")
    return ImageGrid.Cell(
      shownImage(of: row), title: [title],
      caption: [classNames[examples[row].label], name])
  }
}
