import CPerceptPredictorPage
import FoundationEssentials
import PerceptDatasets
import PerceptFeatures
import PerceptFigures
import PerceptImages
import PerceptLinearAlgebra
public import PerceptModels

extension Classifier {
  /// Returns a self-contained web page that classifies images: files, pasted images, or the frames of a camera. It shows the
  /// probability of each class and what the answer is based on. The page needs no network, and its content security policy
  /// allows none. When it opens, it classifies test images and compares the answers with those of this type.
  ///
  /// - Returns: the HTML document. Equal classifiers have equal documents.
  /// - Throws: ``ExportError`` if the features are those of a backbone, or if there are too many weights.
  public func predictionPage() throws -> String { try PredictionPage(self).html }
}

/// A web page with a classifier.
struct PredictionPage {
  /// The largest size of the weights, 64 MiB, for which pages still open in seconds.
  private static let largestWeights = 1 << 26

  private let classifier: Classifier
  private let tests: [PageTest]

  init(_ classifier: Classifier) throws {
    if let backbone = classifier.preprocessing.extractor.backbone {
      throw ExportError.backboneInPage(backbone: backbone.name)
    }
    let bytes = 8 * classifier.network.layers.reduce(0) { $0 + $1.weights.elements.count + $1.bias.count }
    guard bytes <= Self.largestWeights else {
      throw ExportError.tooLarge(bytes: bytes, limit: Self.largestWeights, format: "a web page")
    }
    self.classifier = classifier
    tests = try PageTest.all(for: classifier)
  }

  var html: String {
    get throws {
      let (script, style) = (Self.script, Self.style)
      let policy =
        "default-src 'none'; script-src '\(Self.hash(of: script))'; style-src '\(Self.hash(of: style))'; "
        + "img-src blob: data:; media-src blob:; base-uri 'none'; form-action 'none'"
      return """
        <!doctype html>
        <html lang="en">
        <head>
        <meta charset="utf-8">
        <meta http-equiv="Content-Security-Policy" content="\(policy)">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <meta name="color-scheme" content="light dark">
        <link rel="icon" href="data:,">
        <title>\(escaped(title))</title>
        <style>\(style)</style>
        </head>
        <body>
        \(main)
        <template id="row"><li><button type="button" aria-pressed="false"><span class="name"></span><span class="bar"><span></span></span>\
        <span class="number"></span></button></li></template>
        <script type="application/json" id="model">\(try modelJSON)</script>
        <script type="text/plain" id="weights">\(weights)</script>
        <script>\(script)</script>
        </body>
        </html>

        """
    }
  }

  private var title: String { Page.question(classifier.classNames) }

  private var main: String {
    """
    <main>
    <header>
    <h1>\(escaped(title))</h1>
    \(Page.paragraph("\(classifier.task) \(accuracy)"))
    <p class="muted">Images are classified in this page. They do not leave your device.</p>
    </header>
    <noscript><p>This page needs JavaScript.</p></noscript>
    <p id="fault" role="alert" hidden></p>
    <div id="sources">
    <label id="drop"><span>Drop or paste an image here, or choose one:</span> <input id="file" type="file" accept="image/*"></label>
    <button id="camera" type="button" hidden>Use the camera</button>
    </div>
    <section id="result" aria-label="Answer" hidden>
    <p id="answer" role="status"></p>
    <div id="images">
    <figure><canvas id="seen" role="img" aria-label="The image as the model sees it"></canvas>
    <figcaption>What the model sees: \(escaped(classifier.preprocessing.pixels))</figcaption></figure>
    <figure><canvas id="map" role="img" aria-label="A map of what the answer is based on"></canvas>
    <figcaption>Why: red counts for <span id="why"></span>, blue against it</figcaption></figure>
    </div>
    <div>
    <h2>Probabilities</h2>
    <ul id="classes"></ul>
    </div>
    </section>
    <footer>
    <p>Every image gets one of these classes, also one that shows none of them.</p>
    <p id="verified" hidden>Verified: in this browser, the answers to \(tests.count) test images equal those of percept.</p>
    </footer>
    </main>
    """
  }

  /// The accuracy on the first split of unseen images, as the record states it.
  private var accuracy: String {
    guard let (split, score) = classifier.record.unseenScores.first else {
      return "The model file contains no accuracy on images that it was not trained on."
    }
    return "On the \(split) split, \(score.sentence())"
  }
}

// MARK: - Content

extension PredictionPage {
  /// What the script needs besides the weights.
  private struct Model: Encodable {
    struct Layer: Encodable {
      let inputs: Int
      let units: Int
      let activation: String
    }

    let classNames: [String]
    let width: Int
    let height: Int
    let fit: String
    let color: String
    let features: String
    let temperature: Double
    let layers: [Layer]
    let tests: [PageTest]
  }

  private var modelJSON: String {
    get throws {
      let preprocessing = classifier.preprocessing
      let model = Model(
        classNames: classifier.classNames, width: preprocessing.size.width, height: preprocessing.size.height,
        fit: preprocessing.fit.rawValue, color: preprocessing.color.rawValue, features: preprocessing.extractor.name,
        temperature: classifier.temperature,
        layers: classifier.network.layers.map {
          .init(inputs: $0.weights.columns, units: $0.weights.rows, activation: $0.activation.rawValue)
        }, tests: tests)
      let encoder = JSONEncoder()
      encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
      // A class name could otherwise end the element.
      return String(decoding: try encoder.encode(model), as: UTF8.self).replacing("<", with: "\\u003c")
    }
  }

  /// The weights and biases of all layers, 64-bit floats in little-endian order, in base64.
  private var weights: String {
    var data = Data()
    for layer in classifier.network.layers {
      for number in layer.weights.elements + layer.bias {
        withUnsafeBytes(of: number.bitPattern.littleEndian) { data.append(contentsOf: $0) }
      }
    }
    return data.base64EncodedString()
  }

  private static var script: String { text(cpercept_predictor_script_start, cpercept_predictor_script_count) }
  private static var style: String { text(cpercept_predictor_style_start, cpercept_predictor_style_count) }

  private static func text(_ bytes: UnsafePointer<UInt8>, _ count: Int) -> String {
    String(decoding: UnsafeBufferPointer(start: bytes, count: count), as: UTF8.self)
  }

  /// The source expression of a content security policy for a script or a style sheet.
  private static func hash(of text: String) -> String {
    let digits = Array(sha256(Array(text.utf8)))
    let bytes = stride(from: 0, to: digits.count, by: 2).compactMap { UInt8(String(digits[$0...$0 + 1]), radix: 16) }
    return "sha256-\(Data(bytes).base64EncodedString())"
  }
}
