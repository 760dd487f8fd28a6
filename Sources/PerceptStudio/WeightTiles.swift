import FoundationEssentials
import PerceptFeatures
import PerceptFigures
import PerceptImages
import PerceptInterpretation
import PerceptModels

/// The weights as elements of the page: one image, or a named tile for each unit.
enum WeightTiles {
  /// `tiles` are elements of ``Image/tile(_:_:)``. With `areButtons`, pressing a tile enlarges it.
  static func html(_ tiles: [(name: String, html: String)], areButtons: Bool, _ attributes: String = "") -> String {
    guard tiles.count > 1 else {
      return "<div class=\"tiles single\"\(attributes)>\(tiles.map(\.html).joined())</div>"
    }
    let items = tiles.map { name, html in
      let words = "<span title=\"\(escaped(name))\">\(escaped(name))</span>"
      return areButtons
        ? "<button type=\"button\" class=\"tile\" aria-pressed=\"false\">\(html)\(words)</button>"
        : "<div class=\"tile\">\(html)\(words)</div>"
    }
    return "<div class=\"tiles\"\(attributes)>\(items.joined())</div>"
  }

  /// The weights of a training in progress.
  static func html(_ frame: TrainingSession.Frame, classes: [String]) -> String {
    let names = frame.weights.count == 1 ? [""] : frame.weights.count <= classes.count ? classes : []
    return html(
      frame.weights.indices.map { unit in
        let name = unit < names.count ? names[unit] : "unit \(unit + 1)"
        return (name, frame.image(of: unit).tile(name))
      }, areButtons: true)
  }
}

extension TrainingSession {
  private var lastFrame: Frame { frames[frames.count - 1] }

  /// The weights after the training, with the address of the images of all frames.
  var weightTiles: String { WeightTiles.html(tiles(atMost: .max), areButtons: true) }

  /// The most units that a comparison shows of a training.
  private static let mostCompared = 9

  /// The same in a comparison, with what each frame says about itself.
  var comparedTiles: String {
    let words = (try? JSONEncoder().encode(moments.map(\.words))).map { String(decoding: $0, as: UTF8.self) } ?? "[]"
    return WeightTiles.html(
      tiles(atMost: Self.mostCompared), areButtons: false, " data-words=\"\(escaped(words))\"")
  }

  private func tiles(atMost most: Int) -> [(name: String, html: String)] {
    let (last, iterations) = (lastFrame, frames.map { "\($0.iteration)" }.joined(separator: " "))
    return last.weights.indices.prefix(most).map { unit in
      let name = name(of: unit)
      let attributes =
        " data-history=\"\(escaped("film.png?" + settings.query))\" data-iterations=\"\(iterations)\" data-unit=\"\(unit)\" "
        + "data-units=\"\(last.weights.count)\""
      return (name, last.image(of: unit).tile(name, attributes))
    }
  }

  /// The class of an output unit or the number of a hidden unit; empty for a single neuron.
  private func name(of unit: Int) -> String {
    lastFrame.weights.count == 1 ? "" : settings.hidden.isEmpty ? names[unit] : "unit \(unit + 1)"
  }

  /// What the colors of the weights mean, and how large the weights are.
  var legend: String {
    let (against, towards, words) = colorNames
    let (shown, all) = (lastFrame.weights.count, settings.hidden.first ?? names.count)
    let more = shown > 1 && shown < all ? " The first \(shown) of \(all) are shown." : ""
    let press = shown > 1 ? " Press one to enlarge it." : ""
    return """
      <div class="ramp"><b class="against">\(escaped(against))</b><i></i><b class="for">\(escaped(towards))</b></div>
      <div class="ends"><span>−<output class="limit"></output></span><span>0</span><span>+<output class="limit"></output></span></div>
      <small>\(escaped(words + more + press))</small>
      """
  }

  private var colorNames: (against: String, towards: String, words: String) {
    let what = settings.preprocessing.extractor == .pixels ? "a bright pixel" : "a large feature"
    if !settings.hidden.isEmpty { return ("lowers", "raises", "Red: \(what) raises the hidden unit. Blue: lowers it.") }
    if names.count == 2 {
      return (
        names[0], names[1], "Red: \(what) here counts for \(names[1]). Blue: for \(names[0]). Black: for neither."
      )
    }
    return ("against", "for the class", "Red: \(what) here counts for the class. Blue: against it. Black: neither.")
  }
}

extension Image {
  /// The weights of one unit as an element of the page.
  func tile(_ name: String, _ attributes: String = "") -> String {
    let words = "The weights\(name.isEmpty ? "" : " of \(name)") as an image: red counts for, blue against"
    return "<span class=\"weights\" role=\"img\" aria-label=\"\(escaped(words))\" "
      + "style=\"aspect-ratio:\(width)/\(height);background-image:url(\(losslessDataURI))\"\(attributes)></span>"
  }
}
