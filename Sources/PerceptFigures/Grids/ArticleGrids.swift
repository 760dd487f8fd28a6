import PerceptDatasets
public import PerceptImages
import PerceptInterpretation
public import PerceptModels

extension ImageGrid {
  /// The pictures whose answer is not their label, most confident first, with "Prediction" and "Class" as the article has
  /// them.
  ///
  /// - Parameters:
  ///   - evaluation: the answers.
  ///   - limit: how many to show at most.
  ///   - interpolation: how the small pictures are drawn large.
  /// - Returns: the grid; without cells where everything is right.
  public static func misclassified(
    _ evaluation: Evaluation, limit: Int = 24, interpolation: Interpolation = .nearest
  ) -> ImageGrid {
    let wrong = evaluation.outcomes.enumerated().filter { !$1.isCorrect }
      .sorted { ($1.element.prediction.probability, $0.offset) < ($0.element.prediction.probability, $1.offset) }
    let cells = wrong.prefix(limit).map { index, outcome in
      let image = evaluation.dataset.preprocessing.image(of: evaluation.dataset.withFeatures(of: index, Array.init))
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
      summary: "The pictures that were answered wrongly, the most confident mistakes first.", cells: cells, columns: 5)
  }

  /// What a neuron has learned, painted on pictures: each picture, and beside it the product of its pixels and the weights; of
  /// one neuron a class, the weights of the class that is answered.
  ///
  /// - Parameters:
  ///   - classifier: the neuron.
  ///   - pictures: a name and the features of each.
  ///   - interpolation: how the small pictures are drawn large; the article uses sinc.
  /// - Returns: the grid.
  /// - Throws: ``FigureError`` where hidden layers stand between pixels and answer.
  public static func learned(
    _ classifier: Classifier, images: [(name: String, features: [UInt8])], interpolation: Interpolation = .sinc
  ) throws -> ImageGrid {
    let cells = try images.flatMap { name, features in
      let learned = try classifier.learnedImage(from: features)
      let title = learned.className.map { "weights of \($0)" } ?? "weights"
      return [
        Cell(
          classifier.preprocessing.image(of: features).shown(by: interpolation), title: ["picture"], caption: [name]),
        Cell(learned.image.shown(by: interpolation), title: ["\(title) x pixels x 255"], caption: [name]),
      ]
    }
    return ImageGrid(
      title: "What the neuron has learned",
      summary:
        "Beside each picture, its pixels multiplied by the neuron's weights: bright where a positive weight meets a "
        + "bright pixel.", cells: cells, columns: 4)
  }

  /// One picture drawn larger in each of matplotlib's 18 ways, three rows of six.
  ///
  /// - Parameters:
  ///   - image: a small picture.
  ///   - name: what it is called.
  ///   - width: how wide each is drawn, in pixels.
  /// - Returns: the grid.
  public static func interpolations(of image: Image, name: String, width: Int = 192) -> ImageGrid {
    let cells = Interpolation.allCases.map { method in
      Cell(image.enlarged(toWidth: width, by: method), title: [method.title])
    }
    return ImageGrid(
      title: "\(name) under 18 interpolations",
      summary:
        "The same \(image.width) x \(image.height) pixels drawn larger in 18 ways, from hard squares to soft shades.",
      cells: cells, columns: 6, cellWidth: Double(width))
  }
}

extension Classifier {
  /// What a neuron has learned, painted on a picture; of one neuron a class, that of the class that is answered.
  ///
  /// - Parameter features: `preprocessing.featureCount` bytes.
  /// - Returns: the picture, and the class whose weights it shows, nil for a single neuron.
  /// - Throws: ``FigureError`` where hidden layers stand between pixels and answer.
  public func learnedImage(from features: [UInt8]) throws -> (image: Image, className: String?) {
    guard network.layers.count == 1 else {
      throw FigureError.needsFewerUnits(
        what:
          "this network has hidden layers, whose weights do not stand in the places of pixels; percept figure weights "
          + "shows what its first layer looks for")
    }
    guard classNames.count > 2 else { return (learnedImage(from: features), nil) }
    let answer = features.withUnsafeBufferPointer(predict).label
    return (learnedImage(from: features, unit: answer), classNames[answer])
  }
}

extension Interpolation {
  /// The method's name as the article prints it.
  public var title: String { self == .auto ? "None" : rawValue }
}

extension Image {
  /// The picture at a given width in the same proportions.
  package func enlarged(toWidth width: Int, by interpolation: Interpolation) -> Image {
    enlarged(
      to: ImageSize(width: width, height: max(1, (height * width + self.width / 2) / self.width)), by: interpolation)
  }

  /// The picture as a figure shows it: as it is where pixels may be squares, otherwise three times as large.
  func shown(by interpolation: Interpolation) -> Image {
    [.nearest, .none].contains(interpolation) ? self : enlarged(toWidth: max(width * 3, 160), by: interpolation)
  }
}

/// A file with the folder that it is in: enough to find it, short enough to stand below a picture.
private func shortName(_ file: String) -> String {
  file.split(separator: "/").suffix(2).joined(separator: "/")
}
