import PerceptDatasets
import PerceptFeatures
import PerceptFigures
import PerceptImages
import PerceptLinearAlgebra
import PerceptModels
import PerceptTestSupport
import Testing

/// A classifier that finds the nearest of as many random images as there are classes, and images, some misclassified.
struct ManyClasses {
  let classifier: Classifier
  /// Two images of each class. The classifier finds both, except for the classes 21 to 40, whose second image is that of
  /// the next class. Class 7 has six images, all of which are the image of class 8.
  let evaluation: Evaluation

  init(_ count: Int) throws {
    let preprocessing = Preprocessing(imageSize: 8, color: .gray)
    let images = (0..<count).map { TestImages.noise(seed: UInt64($0), width: 8, height: 8, color: .gray).pixels }
    var network = Network(inputs: preprocessing.featureCount, classes: count)
    // The logit of class k is c·x - ‖c‖²/2 for its image c, so the largest is that of the nearest image.
    let patterns = images.map { $0.map { Double($0) / 255 } }
    network.layers[0].weights.elements = patterns.flatMap(\.self)
    network.layers[0].bias = patterns.map { -0.5 * $0.reduce(0) { $0 + $1 * $1 } }
    classifier = Classifier(
      network: network, classNames: (0..<count).map(Self.name), preprocessing: preprocessing, record: TrainingRecord())
    let rows = (0..<count).flatMap { label -> [(label: Int, image: Int)] in
      switch label {
      case 7: Array(repeating: (label: 7, image: 8), count: 6)
      case 21...40: [(label: label, image: label), (label: label, image: min(label + 1, count - 1))]
      default: [(label: label, image: label), (label: label, image: label)]
      }
    }
    evaluation = try classifier.evaluate(
      on: Dataset(
        features: rows.map { images[$0.image] },
        examples: rows.enumerated().map { Example(file: "photos/\($0).png", label: $1.label) },
        classNames: classifier.classNames, preprocessing: preprocessing))
  }

  static func name(_ label: Int) -> String { "kind " + String(String(10_000 + label).dropFirst()) }

  /// The images of the first 30 classes.
  var training: Dataset {
    let examples = evaluation.dataset.examples
    return evaluation.dataset.subset(examples.indices.filter { examples[$0].label < 30 })
  }
}

@Suite("Reports and figures of many classes")
struct ManyClassesTests {
  /// The number of times that a text contains another.
  func count(_ text: String, in html: String) -> Int { html.ranges(of: text).count }

  /// The content of the table cells of the row at which a text is found first.
  func cells(_ start: String, in html: String) throws -> [String] {
    let range = try #require(html.firstRange(of: start), "\(start) is missing")
    let row = html[range.lowerBound...].prefix { $0 != "\n" }
    return row.matches(of: /<t[hd][^>]*>([^<]*)</).map { String($0.output.1) }
  }

  @Test(
    "a report on 1500 classes is smaller than 5 MB and shows the worst pairs and classes", .timeLimit(.minutes(3)))
  func report() throws {
    let many = try ManyClasses(1500)
    let html = Report(many.classifier, training: many.training, evaluation: many.evaluation).html
    #expect(html.utf8.count < 5_000_000)
    // The most frequent confusion, and the class with the lowest F1 score.
    let pairs = try #require(html.firstRange(of: "<ol class=\"pairs\">"))
    #expect(
      html[pairs.upperBound...].hasPrefix(
        "\n<li><p><b>kind 0007</b> predicted as <b>kind 0008</b><br><small>6 of 6 images, 100.0\u{A0}%</small>"))
    #expect(html.contains("Showing 10 of 21 pairs of classes."))
    let classes = try #require(html.firstRange(of: "The 20 classes with the lowest F1 scores"))
    let worst = try cells("<tr><th scope=\"row\">", in: String(html[classes.upperBound...]))
    #expect(worst == ["kind 0007", "unknown", "0.0 %", "0.000", "6"])
    #expect(html.contains("id=\"accuracy-by-class-title\">Accuracy by class</title>"))
    #expect(
      html.contains("each of 1500 classes, lowest first. At least half of them reach 100.0\u{A0}%. Without a correct"))
    // A class without mistakes is only in the tables of all classes.
    #expect((1...4).contains(count("kind 1499", in: html)))
    // Of the worst 20 classes, which are 7, 8 and 22 to 39, the training images have 7, 8 and 22 to 29.
    #expect(count(">mean of ", in: html) == 11 && html.contains("Montage of 24 images"))
    #expect(count("<img", in: html) < 140 && html.contains("Of 1500 classes, the 20 with the most errors are shown"))
    #expect(html.contains("<h1>Which of 1,500 classes?</h1>"))
    #expect(count("<td class=\"right", in: html) == 19 && html.contains(">other classes</span>"))
  }

  @Test("a report on 20 classes shows the whole confusion matrix, and on 21 the worst pairs", arguments: [20, 21])
  func threshold(classes: Int) throws {
    let many = try ManyClasses(classes)
    let html = Report(many.classifier, training: nil, evaluation: many.evaluation).html
    #expect(html.contains("with the most errors are shown") == (classes == 21))
    #expect(html.contains("All \(classes) classes</summary>") == (classes == 21))
    #expect(count("id=\"accuracy-by-class-title\"", in: html) == (classes == 21 ? 1 : 0))
    // With 21 classes, one without mistakes is left out.
    #expect(html.contains("Montage of 44 images") && many.evaluation.outcomes.count == 2 * classes + 4)
  }

  @Test("a confusion matrix of many classes shows the 20 with the most errors, and counts all other predictions")
  func confusionMatrix() throws {
    let matrix = ConfusionMatrix(try ManyClasses(300).evaluation)
    #expect(matrix.classCount == 300 && matrix.classNames == ([7, 8] + Array(22...39)).map(ManyClasses.name))
    #expect(matrix.counts.count == 20 && matrix.counts.allSatisfy { $0.count == 21 })
    #expect(matrix.counts[0][1] == 6 && matrix.counts[1][1] == 2)
    // Half of the images of class 39 are predicted as class 40, which is not shown.
    #expect(matrix.counts[19][19] == 1 && matrix.counts[19][20] == 1)
    let drawing = matrix.drawing
    #expect(drawing.title == "Confusion matrix of the 20 classes with the most errors")
    #expect(drawing.summary.hasPrefix("The 20 of 300 classes"))
    #expect(drawing.summary.contains("kind 0007: 0 of 6 correct."))
    let svg = drawing.svg()
    #expect(svg.utf8.count < 200_000 && svg.contains(">other classes<") && svg.contains(">kind 0022<"))
    #expect(drawing.width < 1300 && drawing.height < 1300)
  }

  @Test("a confusion matrix of up to 20 classes has a row and a column for each class")
  func smallConfusionMatrix() throws {
    let matrix = ConfusionMatrix(try ManyClasses(20).evaluation)
    #expect(matrix.classNames == (0..<20).map(ManyClasses.name) && matrix.drawing.title == "Confusion matrix")
    #expect(matrix.counts[7][8] == 6 && matrix.counts.allSatisfy { $0.count == 20 })
    #expect(matrix.drawing.summary.hasPrefix("Each row is a label, each column a prediction;"))
    // Three texts of the whole drawing, the names of each row and column, and two texts in each cell.
    let texts = matrix.drawing.shapes.count { if case .text = $0 { true } else { false } }
    #expect(texts == 3 + 2 * 20 + 2 * 400)
  }

  @Test(
    "never two classes in one color: a chart has at most six curves, and panels have one each", arguments: [6, 7, 10])
  func colors(classes: Int) throws {
    let figure = EvaluationFigure(try ManyClasses(classes).evaluation)
    let curves = try #require(figure.precisionRecall).series
    #expect(curves.count == 6 && Set(curves.map(\.name)).count == 6)
    #expect(figure.precisionRecall?.summary.contains("lowest F1") == (classes > 6))
    #expect(figure.rocPanels.map(\.name) == (0..<classes).map(ManyClasses.name))
    #expect(figure.rocPanels.allSatisfy { $0.points.first?.x == 0 && $0.points.last?.x == 1 })
    #expect(figure.precisionRecallPanels.count == classes)
  }

  @Test("the curves of many classes are those of the six with the lowest F1 scores, next to the accuracy by class")
  func curves() throws {
    let figure = EvaluationFigure(try ManyClasses(300).evaluation)
    let roc = try #require(figure.roc)
    #expect(roc.series.count == 7 && roc.series[0].name.hasPrefix("kind 0007 ("))
    #expect(roc.summary.hasSuffix("Of 300 classes, the 6 with the lowest F1 scores are shown."))
    #expect([roc.series[0].points.first, roc.series[0].points.last].map { $0?.x } == [0, 1])
    let accuracies = try #require(figure.accuracyByClass).series[0].points
    #expect(accuracies.map(\.x) == [0, 1, 1, 21, 21, 300] && accuracies.map(\.y) == [0, 0, 0.5, 0.5, 1, 1])
    #expect(figure.drawing.svg().contains(">Accuracy by class<") && figure.drawing.svg().utf8.count < 300_000)
    #expect(EvaluationFigure(try ManyClasses(20).evaluation).accuracyByClass == nil)
  }

  @Test("the weights of many classes are those of the first 64, or of chosen classes")
  func weights() throws {
    let classifier = try ManyClasses(70).classifier
    let first = WeightsFigure(classifier)
    #expect(first.grid.cells.count == 64 && first.grid.summary.hasSuffix("Showing the first 64 of 70 classes."))
    let chosen = WeightsFigure(classifier, units: [69, 3])
    #expect(chosen.grid.cells.map(\.title) == [["kind 0069"], ["kind 0003"]])
    #expect(chosen.grid.cells[1].image.pixels != chosen.grid.cells[0].image.pixels)
  }

  @Test(
    "alternatives list at most six names",
    arguments: [
      (2, "kind 0000 or kind 0001"), (3, "kind 0000, kind 0001 or kind 0002"),
      (6, "kind 0000, kind 0001, kind 0002, kind 0003, kind 0004 or kind 0005"),
      (7, "kind 0000, kind 0001, kind 0002, kind 0003, kind 0004 or one of 2 others"),
      (1500, "kind 0000, kind 0001, kind 0002, kind 0003, kind 0004 or one of 1495 others"),
    ])
  func alternatives(count: Int, words: String) {
    let names = (0..<count).map(ManyClasses.name)
    #expect(Page.alternatives(names) == words)
    #expect(
      Page.question(names)
        == (count <= 4 ? words + "?" : count == 1500 ? "Which of 1,500 classes?" : "Which of \(count) classes?"))
  }
}
