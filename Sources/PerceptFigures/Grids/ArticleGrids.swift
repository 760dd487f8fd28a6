import PerceptDatasets
import PerceptFeatures
package import PerceptImages
import PerceptInterpretation
package import PerceptModels

extension ImageGrid {
  /// The misclassified images, most confident first, with "Prediction" and "Class" as in the article.
  package static func misclassified(
    _ evaluation: Evaluation, limit: Int = 24, interpolation: Interpolation = .nearest
  ) -> ImageGrid {
    let wrong = evaluation.outcomes.enumerated().filter { !$1.isCorrect }
      .sorted { ($1.element.prediction.probability, $0.offset) < ($0.element.prediction.probability, $1.offset) }
    let cells = wrong.prefix(limit).map { index, outcome in
      let image = evaluation.dataset.shownImage(of: index)
      return Cell(
        image.shown(by: interpolation),
        title: [
          "Prediction: \(evaluation.classNames[outcome.prediction.label])",
          "Class: \(evaluation.classNames[outcome.example.label])",
        ],
        caption: [
          shortName(outcome.example.file),
          "probability \(Ticks.label((outcome.prediction.probability * 1e4).rounded() / 1e4))",
        ])
    }
    return ImageGrid(
      title: "Misclassified: \(wrong.count) of \(evaluation.outcomes.count)",
      summary: "The misclassified images, most confident first.", cells: cells, columns: 5)
  }

  /// Each image next to its ``Classifier/learnedImage(from:)``. The article uses sinc.
  package static func learned(
    _ classifier: Classifier, images: [(name: String, features: [UInt8])], interpolation: Interpolation = .sinc
  ) throws -> ImageGrid {
    let cells = try images.flatMap { name, features in
      let learned = try classifier.learnedImage(from: features)
      let title = learned.className.map { "weights of \($0)" } ?? "weights"
      return [
        Cell(
          classifier.preprocessing.image(ofSamples: features).shown(by: interpolation), title: ["image"],
          caption: [name]),
        Cell(learned.image.shown(by: interpolation), title: ["\(title) x pixels x 255"], caption: [name]),
      ]
    }
    return ImageGrid(
      title: "What the neuron has learned",
      summary:
        "Next to each image, its pixels multiplied by the weights of the neuron: bright where a positive weight meets a "
        + "bright pixel.", cells: cells, columns: 4)
  }

  /// A small image enlarged to `width` pixels by each of matplotlib's 18 interpolations, in three rows of six.
  package static func interpolations(of image: Image, name: String, width: Int = 192) -> ImageGrid {
    let cells = Interpolation.allCases.map { method in
      Cell(image.enlarged(toWidth: width, by: method), title: [method.title])
    }
    return ImageGrid(
      title: "\(name) under 18 interpolations",
      summary:
        "The same \(image.width) x \(image.height) pixels enlarged by 18 interpolations, from sharp squares to smooth shades.",
      cells: cells, columns: 6, cellWidth: Double(width))
  }
}

extension Classifier {
  /// Multiplies an image by the weights of the neuron or of the predicted class. Throws ``FigureError`` for hidden layers.
  package func learnedImage(from features: [UInt8]) throws -> (image: Image, className: String?) {
    guard preprocessing.extractor == .pixels else {
      throw FigureError.nothingToShow(
        what:
          "cannot multiply an image by weights of \(preprocessing.extractor.name) features; percept explain shows what each "
          + "part of an image adds")
    }
    guard network.layers.count == 1 else {
      throw FigureError.needsFewerUnits(
        what:
          "cannot multiply an image by the weights of a network with hidden layers: only the first layer has a weight per "
          + "pixel; percept figure weights shows that layer")
    }
    guard classNames.count > 2 else { return (learnedImage(from: features), nil) }
    let answer = features.withUnsafeBufferPointer(predict).label
    return (learnedImage(from: features, unit: answer), classNames[answer])
  }
}

extension Interpolation {
  /// The name that the article prints.
  package var title: String { self == .auto ? "None" : rawValue }
}

extension Image {
  package func enlarged(toWidth width: Int, by interpolation: Interpolation) -> Image {
    enlarged(
      to: ImageSize(width: width, height: max(1, (height * width + self.width / 2) / self.width)), by: interpolation)
  }

  /// Returns the image for a figure: unchanged if pixels are drawn as squares, otherwise enlarged three times.
  func shown(by interpolation: Interpolation) -> Image {
    [.nearest, .none].contains(interpolation) ? self : enlarged(toWidth: max(width * 3, 160), by: interpolation)
  }
}

/// Returns the file name with its folder, short enough for a caption.
private func shortName(_ file: String) -> String {
  if let number = file.lastIndex(of: "#") { return String(file[number...]) }
  return file.split(separator: "/").suffix(2).joined(separator: "/")
}
