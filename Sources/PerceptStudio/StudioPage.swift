import FoundationEssentials
import HTTPTypes
import Hummingbird
import NIOCore
import PerceptDatasets
import PerceptFeatures
import PerceptFigures
import PerceptIO
import PerceptImages
import PerceptModels
import PerceptPlatform
import PerceptTraining

/// The studio's HTML page: headings, controls, the dataset, and placeholders that the script fills after each training.
struct StudioPage {
  let studio: Studio
  private let settings: StudioSettings

  init(_ studio: Studio, _ settings: StudioSettings) {
    self.studio = studio
    self.settings = settings
  }

  var response: Response {
    Response(
      status: .ok,
      headers: [
        .contentType: "text/html; charset=utf-8", .cacheControl: "no-store",
        .contentSecurityPolicy:
          "default-src 'none'; img-src 'self' blob: data:; style-src 'self' 'unsafe-inline'; script-src 'self'; "
          + "connect-src 'self'; media-src blob:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
      ],
      body: ResponseBody(byteBuffer: ByteBuffer(string: html)))
  }

  private var names: [String] { studio.data.source.classNames }

  private var html: String {
    let title = Page.question(names)
    let contents: [(id: String, title: String, short: String, body: String)] = [
      ("set-section", "Train and watch", "Train", workbench), ("look-section", "Look at the data", "Look", look),
      ("judge-section", "Judge the model", "Judge", judging), ("ask", "Ask about a photo", "Ask", asking),
      ("influence-section", "Training influence", "Influence", "<div id=\"influence\"></div>"),
      ("correct-section", "Correct labels", "Correct", correcting),
      ("keep-section", "Keep the model", "Keep", "<div id=\"keep\"></div>"),
    ]
    let links = contents.map { "<li><a href=\"#\($0.id)\">\($0.short)</a></li>" }.joined()
    let sections = contents.map { section in
      "<section id=\"\(section.id)\" aria-labelledby=\"\(section.id)-title\"><h2 id=\"\(section.id)-title\">"
        + "\(section.title)</h2>\n\(section.body)</section>"
    }
    return Page.html(
      title: title + " Percept studio",
      head: "\n<link rel=\"stylesheet\" href=\"studio.css\">\n<script type=\"module\" src=\"studio.js\"></script>",
      body: """
        <header>
        <div><h1>\(escaped(title))</h1>
        <p class="lead">\(lead) Change any setting: it trains again while you watch.</p></div>
        <button type="button" id="tour-start">Guided tour</button>
        <noscript><p>This page needs JavaScript. All scripts come from this machine.</p></noscript>
        </header>
        <div id="bar"><div id="bar-weights"></div><div id="result">Training …</div>
        <nav aria-label="Sections"><ol>\(links)</ol></nav>
        <div id="busy" hidden><progress id="progress" max="1" aria-label="Training progress"></progress>
        <button type="button" id="stop">Stop</button></div></div>
        <p id="error" role="alert"></p><p id="announcement" class="hidden" role="status"></p>
        \(sections.joined(separator: "\n"))
        <aside id="tour" aria-label="Guided tour" hidden><p id="tour-place"></p><h2 id="tour-title" tabindex="-1"></h2><p id="tour-words"></p>
        <div class="tools"><button type="button" id="tour-back">Back</button><button type="button" id="tour-next">Next</button>
        <button type="button" id="tour-end">Close</button></div></aside>
        """)
  }

  private var lead: String {
    names.count == 2
      ? "One neuron reads \(inputs). It estimates the probability that the class of a photo is \(escaped(names[1])), not \(escaped(names[0]))."
      : "One neuron per class reads \(inputs). Together they estimate the probability of each class."
  }

  private var inputs: String {
    escaped(settings.preprocessing.inputs(of: "a photo", pixels: "every pixel"))
  }

  var extractor: FeatureExtractor { settings.preprocessing.extractor }

  /// The initial settings for these features.
  private var own: StudioSettings { (try? studio.start(extractor.name)) ?? studio.start }

  /// What a weight belongs to.
  private var unit: String { extractor == .pixels ? "pixel" : "feature" }

  /// The caption of the weights, which cannot be recognized as an image unless they are those of pixels.
  private var weightsCaption: String {
    switch extractor {
    case .pixels: ""
    case .hog: "The weights of edges, each as a line in the direction of the edge."
    case .backbone: "\(grouped(settings.preprocessing.featureCount)) weights, one square per feature."
    }
  }

  private var judging: String {
    """
    <div id="judge"></div><div id="photos" aria-live="polite"></div>
    <details id="shortcuts"><summary>Shortcut features: could something simpler do it?</summary><div id="simpler" aria-live="polite"></div></details>
    """
  }

  private var look: String {
    let splits = try? studio.splits(settings)
    return "<div id=\"look\" data-preprocessing=\"\(escaped(settings.imageQuery))\">"
      + "\(splits.map { DataSection.html($0, settings.imageQuery) } ?? "")</div>"
  }

  // MARK: - Train and watch

  private var workbench: String {
    """
    <div class="workbench">
    <form id="settings" aria-label="Settings" data-steps="\(escaped(steps))" data-others="\(escaped(settings.otherQuery))" \
    data-classes="\(escaped(Self.json(names)))" data-edition="\(escaped(studio.edition))" data-token="\(studio.token)">
    <div class="first">\(rate)</div>
    <div class="more">\(slider("iterations", "Iterations", iterations, settings.configuration.iterations, "How many times the weights are updated."))
    \(featureChoice)
    \(slider("size", "Image size", sides, settings.preprocessing.size.width, "The width and height that every photo is resized to."))
    \(slider("l2", "Penalty on weights (L2)", penalties, settings.configuration.l2, "Keeps weights small, so that no single \(unit) dominates."))
    \(hidden)\(colors)</div>
    </form>
    <div class="stage">
    <div class="seen"><h3>Weights</h3><div id="strip"></div><small class="hint">\(escaped(weightsCaption))</small><div id="legend"></div>
    <label class="choice"><input type="checkbox" id="common-scale"> same scale for all iterations</label></div>
    <div class="shown"><h3 id="shown-title">One photo</h3><a id="shown-link" href="#ask"><img id="shown" alt="" width="64" height="64" hidden></a>
    <p id="shown-words"></p><div id="shown-bars"></div>
    <div class="tools"><button type="button" id="shown-previous" aria-label="Previous photo">‹</button>
    <button type="button" id="shown-next" aria-label="Next photo">›</button></div></div>
    <div id="watch"><div id="now" hidden></div></div>
    <div class="scrubber"><button type="button" id="reset">Reset</button><button type="button" id="step">One step</button>
    <button type="button" id="play">Play</button>
    <input type="range" id="scrubber" min="0" max="1" value="1" aria-label="Iteration shown"><p id="moment"></p></div>
    <div class="compare"><h3>Compare with other learning rates</h3>
    <div id="rate-factors" class="rate-factors">\(Self.rateFactors)</div><div id="comparison" aria-live="polite"></div></div>
    </div></div>
    """
  }

  private static func json(_ names: [String]) -> String {
    (try? JSONEncoder().encode(names)).map { String(decoding: $0, as: UTF8.self) } ?? "[]"
  }

  private var rate: String {
    var position = -3.0
    if case .fixed(let rate) = settings.learningRate { position = log10(rate) }
    return """
      <div class="setting"><label class="head" for="rate"><span>Learning rate</span><output id="rate-value" for="rate"></output></label>
      <div class="track"><div id="stable" hidden></div>
      <input type="range" id="rate" name="rate" min="-6" max="1" step="0.01" value="\(position)"></div>
      <small id="stable-words" hidden><b>|</b> marks the largest stable learning rate, <span id="stable-number"></span>. Above it, \
      steps can overshoot, and the cost may rise.</small>
      <label class="choice"><input type="checkbox" name="auto"\(settings.learningRate == .automatic ? " checked" : "")> choose it for me</label><p class="advice" id="rate-advice"></p></div>
      """
  }

  private func slider<Number: Comparable>(
    _ name: String, _ title: String, _ steps: [Number], _ value: Number, _ hint: String
  ) -> String {
    let position = steps.lastIndex { $0 <= value } ?? 0
    return """
      <div class="setting"\(steps.count > 1 ? "" : " hidden")><label class="head" for="\(name)"><span>\(title)</span><output id="\(name)-value" for="\(name)"></output></label>
      <input type="range" id="\(name)" name="\(name)" min="0" max="\(steps.count - 1)" value="\(position)"><small>\(hint)</small><p class="advice" id="\(name)-advice"></p></div>
      """
  }

  private var colors: String {
    // A backbone needs color.
    guard extractor.backbone == nil else {
      return "<input type=\"hidden\" name=\"color\" value=\"\(ColorMode.rgb.rawValue)\">"
    }
    let choices = [(ColorMode.rgb, "color"), (.gray, "gray")].map { mode, words in
      "<label class=\"choice\"><input type=\"radio\" name=\"color\" value=\"\(mode.rawValue)\""
        + "\(mode == settings.preprocessing.color ? " checked" : "")> \(words)</label>"
    }
    return
      "<fieldset class=\"setting\"><legend class=\"head\">Color mode</legend><div class=\"choices\">\(choices.joined())</div></fieldset>"
  }

  private var hidden: String {
    let own = settings.hidden.map(String.init).joined(separator: ",")
    var choices = ["", "2", "4", "8", "16", "32", "64", "128", "32,16", "64,32"]
    if !choices.contains(own) { choices.append(own) }
    let options = choices.map {
      "<option value=\"\($0)\"\($0 == own ? " selected" : "")>\($0.isEmpty ? "none: a single layer" : $0.replacing(",", with: ", then "))</option>"
    }
    return
      "<div class=\"setting\"><label class=\"head\" for=\"hidden\">Hidden units</label><select id=\"hidden\" name=\"hidden\">"
      + "\(options.joined())</select><small>Neurons between \(unit)s and output. Trained with Adam on mini-batches.</small><p class=\"advice\" id=\"hidden-advice\"></p></div>"
  }

  /// The values of the slider positions, as JSON.
  private var steps: String {
    let (counts, sizes) = (iterations.map(String.init), sides.map { "\"\(size($0).text)\"" })
    let numbers = penalties.map { "\($0)" }
    return
      "{\"iterations\":[\(counts.joined(separator: ","))],\"size\":[\(sizes.joined(separator: ","))],\"l2\":[\(numbers.joined(separator: ","))]}"
  }

  private static let iterations = [
    1, 2, 3, 5, 7, 10, 15, 20, 30, 50, 70, 100, 150, 200, 300, 500, 700, 1000, 1500, 2000, 3000, 5000, 7000, 10_000,
  ]
  private static let penalties = [0.0, 0.0001, 0.0002, 0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1]

  private var iterations: [Int] { Set(Self.iterations + [settings.configuration.iterations]).sorted() }
  private var penalties: [Double] { Set(Self.penalties + [settings.configuration.l2]).sorted() }

  /// The image widths that the slider offers.
  private var sides: [Int] {
    let usual =
      switch settings.preprocessing.extractor {
      case .pixels: [4, 8, 12, 16, 20, 24, 28, 32, 40, 48, 64, 80, 96, 128]
      case .hog: [16, 24, 32, 40, 48, 64, 80, 96, 128]
      case .backbone(let backbone): backbone.smallerSides
      }
    return Set(usual + [settings, own].map(\.preprocessing.size.width)).sorted()
  }

  /// Returns the image size with a width and the aspect ratio of the initial settings.
  private func size(_ width: Int) -> ImageSize {
    let start = own.preprocessing.size
    return ImageSize(width: width, height: max(1, (width * start.height + start.width / 2) / start.width))
  }

  /// Buttons that select further learning rates, as multiples of the current one.
  private static var rateFactors: String {
    [(0.1, "a tenth"), (0.3, "a third"), (3, "3 times"), (10, "10 times"), (30, "30 times")].map { factor, words in
      "<button type=\"button\" aria-pressed=\"false\" data-factor=\"\(factor)\">\(words)</button>"
    }.joined()
  }
}
