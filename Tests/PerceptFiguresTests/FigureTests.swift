import PerceptDatasets
import PerceptFeatures
import PerceptFigures
import PerceptIO
import PerceptImages
import PerceptInterpretation
import PerceptModels
import PerceptPlatform
import PerceptTestSupport
import PerceptTraining
import Testing

/// A network trained on a small dataset with two classes of computed images, and the test split.
struct Sample {
  let run: TrainingRun
  let test: Dataset

  init(counts: [Int] = [12, 14], hidden: [Int] = [], iterations: Int = 30) throws {
    let preprocessing = Preprocessing(imageSize: 8)
    let labels = counts.enumerated().flatMap { Array(repeating: $0, count: $1) }
    let all = try Dataset(
      features: labels.enumerated().map {
        preprocessing.grid.samples(of: TestImages.sided($1, seed: UInt64($0), side: 8))
      },
      examples: labels.enumerated().map { Example(file: "photos/<\($0)>.png", label: $1) },
      classNames: ["left", "right & up"],
      preprocessing: preprocessing)
    let (training, test) = all.split(test: 0.3, seed: 1)
    run = try Trainer(.test(hidden.isEmpty ? .gradientDescent : .adam, iterations: iterations))
      .fit(Network(inputs: all.featureCount, hidden: hidden, classes: 2), to: training)
    self.test = test
  }
}

@Suite("Figures of the article")
struct FigureTests {
  @Test("a montage has gray borders of one pixel, and gray at positions without an image", arguments: [1, 2, 4, 5])
  func montage(count: Int) {
    let images = (0..<count).map {
      Image(width: 2, height: 3, color: .gray, pixels: Array(repeating: UInt8($0 + 1), count: 6))
    }
    let montage = Montage(images)
    let columns = count == 1 ? 1 : count <= 4 ? 2 : 3
    #expect(montage.columns == columns)
    let image = montage.image
    #expect(image.width == columns * 3 + 1 && image.height == columns * 4 + 1)
    for y in 0..<image.height {
      for x in 0..<image.width {
        let index = y / 4 * columns + x / 3
        let isBorder = x % 3 == 0 || y % 4 == 0
        #expect(image.pixels[y * image.width + x] == (isBorder || index >= count ? 127 : UInt8(index + 1)))
      }
    }
  }

  @Test("misclassified images have their file names and are sorted by confidence")
  func misclassified() throws {
    let sample = try Sample()
    let swapped = try Dataset(
      features: (0..<sample.test.count).map { sample.test.withFeatures(of: $0, Array.init) },
      examples: sample.test.examples.map { Example(file: $0.file, label: 1 - $0.label) },
      classNames: sample.test.classNames,
      preprocessing: sample.test.preprocessing)
    let evaluation = try sample.run.classifier.evaluate(on: swapped)
    let grid = ImageGrid.misclassified(evaluation, limit: 5)
    #expect(grid.cells.count == 5 && grid.title == "Misclassified: \(swapped.count) of \(swapped.count)")
    let probabilities = evaluation.outcomes.map(\.prediction.probability).sorted(by: >)
    let best = try #require(evaluation.outcomes.first { $0.prediction.probability == probabilities[0] })
    #expect(grid.cells[0].caption[0] == best.example.file)
    #expect(grid.cells[0].title[0].hasPrefix("Prediction: ") && grid.cells[0].title[1].hasPrefix("Class: "))
    #expect(try ImageGrid.misclassified(sample.run.classifier.evaluate(on: sample.test)).cells.isEmpty)
  }

  @Test("the grid of interpolations has the 18 names of the article")
  func interpolations() {
    let grid = ImageGrid.interpolations(of: TestImages.photo(seed: 1, width: 8, height: 8), name: "x", width: 24)
    #expect(grid.cells.count == 18 && grid.columns == 6)
    #expect(grid.cells.prefix(4).map { $0.title[0] } == ["None", "none", "nearest", "bilinear"])
    #expect(grid.cells.allSatisfy { $0.image.width == 24 })
  }

  @Test("pixel statistics are means, standard deviations and histograms of the bytes")
  func statistics() throws {
    let dataset = try Dataset(
      features: [[0, 10], [4, 10], [8, 40]], examples: [0, 0, 1].map { Example(file: "x", label: $0) },
      classNames: ["a", "b"],
      preprocessing: Preprocessing(size: ImageSize(width: 2, height: 1), color: .gray))
    let statistics = try #require(dataset.statistics())
    #expect(statistics.mean == [4, 20])
    #expect(abs(statistics.deviation[0] - (32.0 / 3).squareRoot()) < 1e-12)
    #expect(abs(statistics.deviation[1] - 200.0.squareRoot()) < 1e-12)
    #expect(statistics.histograms[0][10] == 2 && statistics.histograms[0].reduce(0, +) == 6)
    #expect(statistics.normalizedHistograms[0].reduce(0, +) == 6)
    #expect(dataset.statistics(of: 1)?.mean == [8, 40])
    #expect(try StatisticsFigure(dataset).groups.map(\.name) == ["all", "a", "b"])
    #expect(throws: FigureError.self) { try StatisticsFigure(dataset.subset([])) }
  }

  @Test("a confusion matrix counts pairs of label and prediction")
  func confusion() throws {
    let sample = try Sample()
    let matrix = ConfusionMatrix(try sample.run.classifier.evaluate(on: sample.test))
    #expect(matrix.counts == [[sample.test.classCounts[0], 0], [0, sample.test.classCounts[1]]])
  }

  @Test("mean maps use evenly spaced images of each class up to the limit, and explain their colors")
  func meanMaps() throws {
    let sample = try Sample(counts: [180, 8], iterations: 1)
    let counts = sample.run.dataset.classCounts
    let grid = try ImageGrid.meanMaps(of: sample.run.classifier, on: sample.run.dataset)
    #expect(counts[0] > 100 && counts[0] < 200)
    #expect(grid.cells.map(\.caption) == [["100 of \(counts[0]) images"], ["\(counts[1]) images"]])
    #expect(grid.drawing.svg().contains(">for the class<"))
  }

  @Test("the graph shows the numbers of its image")
  func graph() throws {
    let sample = try Sample()
    let steps = BackpropagationTrace(
      sample.run.classifier, features: sample.test.withFeatures(of: 0, Array.init), label: 0)
    let svg = GraphFigure(inputs: 192, classNames: ["left", "right"], steps: steps).drawing.svg()
    #expect(svg.contains("z = \(Ticks.label(Ticks.significant(steps.logit, digits: 4)))"))
    #expect(svg.contains("192 pixels") && svg.contains("The pixels X"))
    let features = GraphFigure(inputs: 2020, of: .hog, classNames: ["left", "right"]).drawing.svg()
    #expect(features.contains("2,020 features") && features.contains("The features X") && !features.contains("pixels"))
  }
}

@Suite("Softmax graph")
struct SoftmaxGraphTests {
  @Test("the trace agrees with the formulas, and the graph shows its numbers and the most probable classes")
  func graph() throws {
    let many = try ManyClasses(9)
    let features = many.evaluation.dataset.withFeatures(of: 4, Array.init)
    let trace = SoftmaxTrace(many.classifier, features: features, label: 3)
    #expect(abs(trace.activations.reduce(0, +) - 1) < 1e-12)
    #expect(abs(trace.logitGradients.reduce(0, +)) < 1e-12 && trace.logitGradients[3] == trace.activations[3] - 1)
    #expect(abs(exp(-trace.cost) - trace.activations[3]) < 1e-12 * trace.activations[3])
    let classes = trace.mainClasses(atMost: 3)
    #expect(classes.count == 3 && classes.contains(3) && classes == classes.sorted())
    let answer = trace.activations.indices.max { trace.activations[$0] < trace.activations[$1] }
    #expect(answer.map(classes.contains) == true)
    let svg = SoftmaxGraphFigure(
      inputs: 64, classNames: many.classifier.classNames, steps: trace, image: many.evaluation.dataset.image(of: 4)
    ).drawing.svg()
    #expect(svg.contains(">and 3 other classes<") && svg.contains(">kind 0003<") && svg.contains(">64 pixels<"))
    #expect(svg.contains(">J = \(Ticks.label(Ticks.significant(trace.cost, digits: 4)))<"))
    let formulas = SoftmaxGraphFigure(inputs: 64, classNames: ["a", "b", "c"]).drawing.svg()
    #expect(formulas.contains(">z = W·X + b<") && !formulas.contains("other class"))
  }
}

@Suite("Drawing as PNG")
struct DrawingPNGTests {
  static let canRender =
    (try? Drawing(of: Image(width: 1, height: 1, color: .gray, pixels: [0]), title: "x").rendered()) != nil

  @Test("an image rendered at its own size keeps its pixels", .enabled(if: canRender, "librsvg is not installed"))
  func pixels() throws {
    let image = TestImages.noise(seed: 1, width: 20, height: 10)
    #expect(try Drawing(of: image, title: "x").rendered(scale: 1).pixels == image.pixels)
  }

  @Test(
    "the background is white, and a curve ends where it should", .enabled(if: canRender, "librsvg is not installed"))
  func chart() throws {
    let image = try Chart.sigmoid.drawing().rendered(scale: 1)
    #expect(image.width == 720 && image.height == 400)
    #expect(Array(image.pixels.prefix(3)) == [255, 255, 255])
    func color(_ x: Int, _ y: Int) -> [UInt8] { Array(image.pixels[3 * (y * 720 + x)..<3 * (y * 720 + x) + 3]) }
    // The curve ends at the top right corner of the plot area, in the blue of the first series.
    let end = color(690, 48)
    #expect(end[2] > end[0] + 60)
  }

  @Test("a drawing is written only as .svg or .png, and does not replace an existing file by default")
  func formats() throws {
    let folder = try TemporaryFolder()
    let drawing = Chart.sigmoid.drawing()
    #expect(throws: FigureError.unknownFormat(path: folder.path("x.jpg"))) {
      try drawing.write(to: folder.path("x.jpg"))
    }
    try drawing.write(to: folder.path("x.svg"))
    #expect(throws: FileError(folder.path("x.svg"), .alreadyExists)) { try drawing.write(to: folder.path("x.svg")) }
    #expect(String(decoding: try FileSystem.read(folder.path("x.svg")), as: UTF8.self).hasPrefix("<svg "))
  }
}

@Suite("Report")
struct ReportTests {
  @Test("a report has all sections in order, escapes its texts, and is self-contained")
  func report() throws {
    let sample = try Sample()
    let html = Report(sample.run, try sample.run.classifier.evaluate(on: sample.test)).html
    var position = html.startIndex
    for heading in [
      "<h1>left or right &amp; up?</h1>", "<h2>Result</h2>", "<h2>Worst mistakes</h2>", "<h2>Next steps</h2>",
      "<nav aria-label=\"Contents\">", "<h2>Evaluation</h2>", "<h2>Mistakes</h2>", "<h2>Images</h2>",
      "<h2>Training</h2>",
      "<h2>Learned weights</h2>", "<h2>Explanations</h2>", "<h2>Usage</h2>",
    ] {
      let found = try #require(html[position...].firstRange(of: heading), "\(heading) is missing or out of order")
      position = found.upperBound
    }
    let count = sample.test.count
    #expect(
      html.contains("\(count) of \(count) images are classified correctly (100.0\u{A0}%; 95\u{A0}% confidence interval")
    )
    #expect(!html.contains("right & up") && !html.contains("<3>"))
    #expect(!html.contains("<script") && !html.contains("http://") || html.contains("http://www.w3.org/"))
    #expect(!html.contains("src=\"http") && !html.contains("href=\"http"))
  }

  @Test("the ROC curve goes from corner to corner, and the error bars of the calibration are confidence intervals")
  func evaluationFigure() throws {
    let sample = try Sample(iterations: 1)
    let evaluation = try sample.run.classifier.evaluate(on: sample.test)
    let figure = EvaluationFigure(evaluation)
    let roc = try #require(figure.roc)
    #expect(roc.series.map(\.name).last == "guessing (area 0.5)" && roc.series.count == 2)
    let ends = [roc.series[0].points.first, roc.series[0].points.last]
    #expect(ends.map { $0?.x } == [0, 1] && ends.map { $0?.y } == [0, 1])
    #expect(figure.precisionRecall?.series[0].points.last?.x == 1)
    let bins = evaluation.calibration.bins
    #expect(figure.calibration.series[0].bars.map(\.low) == bins.map(\.right.interval.lowerBound))
    #expect(figure.calibration.series[0].bars.map(\.high) == bins.map(\.right.interval.upperBound))
    #expect(figure.drawing.svg().contains("recall: share of the class found"))
  }

  @Test("a report says if the model is not better than always answering the most frequent class")
  func noBetter() throws {
    let sample = try Sample(counts: [8, 16], iterations: 0)
    let html = Report(sample.run, try sample.run.classifier.evaluate(on: sample.test)).html
    #expect(html.contains("Not better than always answering"))
    #expect(html.contains("The model was not trained") && html.contains("One neuron takes 8 x 8 pixels in color. It"))
  }

  @Test("the worst mistakes have the class and the path relative to all images, and so have the explanations")
  func mistakes() throws {
    let sample = try Sample(counts: [20, 20], iterations: 0)
    let wrong = try Dataset(
      features: (0..<4).map { sample.test.withFeatures(of: $0, Array.init) },
      examples: (0..<4).map { Example(file: "/data/photos/\($0 < 2 ? "left" : "right")/\($0).png", label: $0 / 2) },
      classNames: sample.test.classNames, preprocessing: sample.test.preprocessing)
    let html = Report(
      sample.run.classifier, training: nil, evaluation: try sample.run.classifier.evaluate(on: wrong)
    ).html
    let worst = try #require(html.firstRange(of: "<h2>Worst mistakes</h2>"))
    let list = html[worst.upperBound...].prefix { $0 != "\u{1F}" }.prefix(4000)
    #expect(list.contains(">right &amp; up<br>not left</span>"))
    #expect(html.contains("<small>right/<wbr>2.png</small>") && html.contains("right/2.png, labeled right"))
    #expect(!html.contains("/data/photos"))
  }

  @Test(
    "the images that the report evaluates on are called after their split", arguments: [Split.validation, .test, nil])
  func splitNames(split: Split?) throws {
    let sample = try Sample()
    let dataset = sample.test.mapExamples { Example(file: $0.file, label: $0.label, split: split) }
    let html = Report(sample.run, try sample.run.classifier.evaluate(on: dataset)).html
    let table = try #require(html.firstRange(of: "Images per class, with their share."))
    let name = split == .validation ? "validation" : "test"
    #expect(
      html[table.upperBound...].prefix(300).contains(
        "<th scope=\"col\">training</th><th scope=\"col\">\(name)</th>"))
  }

  @Test("the numbers of a table have the same number of decimals")
  func decimals() throws {
    let sample = try Sample(iterations: 3)
    let html = Report(sample.run, try sample.run.classifier.evaluate(on: sample.test)).html
    let scores = html.matches(
      of: /<th scope="row">(?:left|right &amp; up)<\/th><td>[^<]*<\/td><td>[^<]*<\/td><td>([^<]*)</)
    #expect(scores.count == 2 && scores.allSatisfy { $0.output.1.wholeMatch(of: /[01]\.\d{3}/) != nil })
    #expect(html.contains(/log loss<\/th><td>\d+\.\d{4}<.*\n.*Brier score<\/th><td>\d\.\d{4}</))
  }

  @Test("a report shows the cost on both splits if the training recorded it")
  func validation() throws {
    let sample = try Sample()
    var classifier = sample.run.classifier
    let evaluation = try classifier.evaluate(on: sample.test)
    #expect(!Report(classifier, training: nil, evaluation: evaluation).html.contains("id=\"validation-title\""))
    classifier.record.validation = [0, 10, 20].map { .init(iteration: $0, cost: 0.5, accuracy: 0.75) }
    let html = Report(classifier, training: nil, evaluation: evaluation).html
    #expect(html.contains("id=\"validation-title\"") && html.contains(">validation</text>"))
    #expect(html.contains("lowest cost on the validation split"))
  }

  @Test("a report on a thousand images is smaller than 3 MB")
  func size() throws {
    let preprocessing = Preprocessing(imageSize: 64)
    let images = (0..<40).map {
      preprocessing.grid.samples(of: TestImages.noise(seed: UInt64($0), width: 64, height: 64))
    }
    let dataset = try Dataset(
      features: (0..<1000).map { images[$0 % 40] },
      examples: (0..<1000).map { Example(file: "some/folder/\($0).png", label: $0 % 2) },
      classNames: ["a", "b"], preprocessing: preprocessing)
    let run = try Trainer(.test(iterations: 2)).fit(.neuron(inputs: dataset.featureCount), to: dataset)
    #expect(Report(run, try run.classifier.evaluate(on: dataset)).html.utf8.count < 3_000_000)
  }
}
