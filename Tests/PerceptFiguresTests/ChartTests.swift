import PerceptDatasets
import PerceptFeatures
import PerceptFigures
import PerceptImages
import PerceptModels
import PerceptTestSupport
import PerceptTraining
import Testing

@Suite("Chart")
struct ChartTests {
  @Test("the sigmoid chart has the article's 100 points, title and axis label")
  func sigmoidChart() {
    let points = Chart.sigmoid.series[0].points
    #expect(points.count == 100)
    #expect(points[0].x == -10 && points[99].x == 10)
    #expect(points.allSatisfy { $0.y == sigmoid($0.x) })
    #expect(Chart.sigmoid.title == "Sigmoid Function" && Chart.sigmoid.yLabel == "a (sigmoid(x))")
  }

  @Test("an accuracy distribution counts every fold")
  func accuracyDistribution() throws {
    let dataset = try Dataset(
      features: (0..<43).map { [UInt8($0 * 5), UInt8($0 * 37 % 256)] },
      examples: (0..<43).map { Example(file: "\($0)", label: $0 * 7 % 3 / 2) }, classNames: ["no", "yes"],
      preprocessing: Preprocessing(size: ImageSize(width: 2, height: 1), color: .gray))
    let result = try CrossValidatedEvaluation(dataset, folds: 3, repeats: 4) { part, _ in
      try Trainer(.test(iterations: 3)).fit(.neuron(inputs: 2), to: part)
    }
    let chart = Chart.accuracyDistribution(of: result)
    // Every bin contributes two points with its count.
    #expect(chart.series[0].points.reduce(0) { $0 + $1.y } == 24)
    #expect(chart.title == "Accuracy of 12 folds")
    #expect(chart.series.map(\.name) == ["folds", "overall", "always no"])
    #expect(chart.series[2].points.count == 2)
    #expect(chart.series[2].points.allSatisfy { $0.x == result.score.majority })
  }

  @Test(
    "costs of any finite size are drawn on every scale",
    arguments: [.linear, .logarithmic, .logarithmicFromZero] as [Chart.Scale],
    [
      [.leastNonzeroMagnitude], [0], [.leastNonzeroMagnitude, .leastNormalMagnitude / 2], [1e308, 1.5e308],
      [1e308, -1e308],
      [.leastNonzeroMagnitude, 1e308],
    ])
  func extremes(scale: Chart.Scale, costs: [Double]) {
    let svg = Chart.learningCurve([(name: "x", costs: costs)], title: "x", scale: scale).drawing().svg()
    #expect(svg.contains("polyline") && !svg.contains("nan") && !svg.contains("\"inf"))
  }

  @Test("a learning curve marks every increase of the cost")
  func rises() {
    let chart = Chart.learningCurve([("cost", [1, 2, 1.5, 1.75, 1])], title: "t")
    #expect(chart.marks.map(\.x) == [1, 3] && chart.marks.map(\.y) == [2, 1.75])
    #expect(chart.summary.contains("rises at 2"))
    #expect(Chart.learningCurve([("cost", [3, 2, 1])], title: "t").marks.isEmpty)
    // Rounding errors are not increases.
    #expect(Chart.learningCurve([("cost", [3, 0.1, 0.1.nextUp, 0.1])], title: "t").marks.isEmpty)
  }

  @Test("marks are behind the curve, and at least 9 pixels apart")
  func denseMarks() {
    let zigzag = (0..<2000).map { $0 % 2 == 0 ? 1.0 : 2 }
    let chart = Chart.learningCurve([("cost", zigzag)], title: "t")
    #expect(chart.marks.count == 1000)
    let shapes = chart.drawing().shapes
    let discs = shapes.indices.filter { if case .disc(_, 4, .accent) = shapes[$0] { true } else { false } }
    let curve = shapes.lastIndex { if case .line(_, .series(0), _) = $0 { true } else { false } }
    #expect((40...70).contains(discs.count) && discs.allSatisfy { $0 < curve ?? 0 })
  }

  @Test("bars show proportions and their intervals, without an interval for training images or without trials")
  func proportionBars() {
    let bars = ProportionBars(
      title: "t", summary: "s",
      rows: [
        .init("a", Proportion(1, of: 4)), .init("b", Proportion(4, of: 4), hasInterval: false), .init("c", nil),
      ],
      reference: (name: "all images", value: 0.5))
    let drawing = bars.drawing(width: 390)
    let boxes = drawing.shapes.compactMap { if case .rectangle(let box, _, _) = $0 { box.width } else { nil } }
    #expect(boxes == [50, 200])
    let lines = drawing.shapes.compactMap { if case .line(let points, .ink, 1.6) = $0 { points } else { nil } }
    #expect(lines.count == 3)
    let interval = Proportion(1, of: 4).interval
    #expect(lines[0].map(\.x) == [128 + 200 * interval.lowerBound, 128 + 200 * interval.upperBound])
    let svg = drawing.svg()
    #expect(svg.contains(">no images<") && svg.contains(">all images: 50.0 %<") && svg.contains(">25.0 %<"))
  }

  @Test(
    "values that cannot be drawn interrupt the line and do not reach the SVG",
    arguments: [Chart.Scale.linear, .logarithmic])
  func gaps(scale: Chart.Scale) {
    var chart = Chart.learningCurve(
      [("a", [1, .infinity, 0.5, 0, -1, .nan, 0.1]), ("empty", []), ("one", [2])], title: "t")
    chart.yScale = scale
    let svg = chart.drawing().svg()
    #expect(!svg.contains("nan") && !svg.contains("inf"))
    #expect(svg.contains("<polyline"))
  }

  @Test(
    "logarithmicFromZero draws 0 at the start of the axis, without a tick between it and the smallest power of ten"
  )
  func logarithmicFromZero() {
    var chart = Chart(
      title: "t", summary: "s", xLabel: "x", yLabel: "y",
      series: [
        .init(name: "a", points: [(0, 1), (0.1, 0.5), (1, 0.25)]), .init(name: "b", points: [(-1, 1), (3, 2)]),
      ])
    func labels(_ scale: Chart.Scale) -> [Substring] {
      chart.xScale = scale
      return chart.drawing().svg().matches(of: /text-anchor="middle"[^>]*>([0-9.]+)</).map(\.output.1)
    }
    #expect(labels(.logarithmicFromZero) == ["0", "0.1", "0.3", "1", "3"])
    #expect(labels(.logarithmic) == ["0.1", "0.3", "1", "3"])
  }

  @Test("a legend of more than three rows increases the height of the drawing")
  func longLegend() {
    func height(_ count: Int) -> Double {
      let series = (0..<count).map { Chart.Series(name: String(repeating: "a", count: 60) + "\($0)", points: [(0, 1)]) }
      return Chart(title: "t", summary: "s", xLabel: "x", yLabel: "y", series: series).drawing().height
    }
    #expect([1, 3, 4, 13].map(height) == [400, 400, 422, 620])
  }

  @Test("a peak that would flatten a histogram is cut, and the axis says how high it is")
  func highPeak() {
    let flat = (0..<32).map { _ in 10 }
    let chart = Chart.histogram([[680] + flat], centers: (0...32).map(Double.init), title: "t", label: "value")
    #expect(chart.yRange.map { $0.upperBound < 0.05 && $0.upperBound > 0.01 } == true)
    #expect(chart.xLabel == "value (at 0: 68.0 % of the pixels)")
    let usual = Chart.histogram([[20] + flat], centers: (0...32).map(Double.init), title: "t", label: "value")
    #expect(usual.yRange == nil && usual.xLabel == "value")
  }

  @Test("a histogram shows counts as fractions of all pixels")
  func histogram() {
    let chart = Chart.histogram([[1, 3]], centers: [0, 1], title: "t", label: "x")
    #expect(chart.series[0].points.map(\.y) == [0.25, 0.75])
  }
}

@Suite("Drawing as SVG")
struct DrawingSVGTests {
  @Test("an SVG has a title, a description and text elements, with special characters escaped")
  func text() {
    var chart = Chart.sigmoid
    chart.title = "a < b & \"c\" \u{1}"
    let svg = chart.drawing().svg(id: "x")
    #expect(svg.contains("<title id=\"x-title\">a &lt; b &amp; &quot;c&quot; </title>"))
    #expect(svg.contains("<desc id=\"x-desc\">") && svg.contains("role=\"img\""))
    #expect(svg.contains(">a (sigmoid(x))</text>"))
    #expect(svg.contains("prefers-color-scheme:dark"))
  }
}

@Suite("TuningFigure")
struct TuningFigureTests {
  func result(_ rate: Double, accuracies: [Double], cost: Double) -> CrossValidationResult {
    CrossValidationResult(
      candidate: 0,
      folds: accuracies.map {
        CrossValidationResult.Fold(accuracy: $0, cost: cost, learningRate: rate, stableLearningRate: nil)
      })
  }

  @Test("curves are sorted by learning rate, with error bars of one standard deviation and without diverged runs")
  func curves() throws {
    let results = [
      result(0.1, accuracies: [0.5, 0.7], cost: 2), result(0.01, accuracies: [0.75, 0.75], cost: 1),
      CrossValidationResult(candidate: 1, folds: []),
    ]
    let figure = TuningFigure([(name: "a", points: zip([0.1, 0.01, 1], results).map { ($0, $1) })])
    let series = figure.accuracy.series[0]
    #expect(series.points.map(\.x) == [0.01, 0.1] && series.points.map(\.y) == [0.75, 0.6])
    let reaches = zip(series.bars, series.points).map { $0.high - $1.y }
    #expect(reaches[0] == 0 && abs(reaches[1] - 0.02.squareRoot()) < 1e-12)
    #expect(zip(series.bars, series.points).allSatisfy { abs($0.high + $0.low - 2 * $1.y) < 1e-12 })
    #expect(figure.cost.series[0].points.map(\.y) == [1, 2] && figure.cost.yScale == .linear)
    let svg = figure.drawing.svg()
    #expect(svg.contains(">0.01<") && svg.contains(">0.1<") && svg.contains("accuracy of 0.75."))
    let one = TuningFigure([(name: "a", points: [(1, result(1, accuracies: [1], cost: 0))])])
    #expect(!one.drawing.svg().contains("nan"))
    #expect(TuningFigure([]).drawing.svg().contains("nan") == false)
  }

  @Test(
    "the horizontal axis has the name of the setting, and is logarithmic if the settings span an order of magnitude",
    arguments: [
      ([300, 1000, 3000], Chart.Scale.logarithmic), ([5, 10, 15], .linear), ([0, 0.01, 0.1], .logarithmicFromZero),
      ([0, 1, 2], .linear), ([0.5], .logarithmic),
    ] as [([Double], Chart.Scale)])
  func axis(xs: [Double], scale: Chart.Scale) {
    let points = xs.map { (x: $0, result: result(1, accuracies: [0.5, 0.7], cost: 2)) }
    let figure = TuningFigure([(name: "a", points: points)], against: "l2")
    #expect(figure.accuracy.xScale == scale && figure.cost.xScale == scale)
    #expect(figure.accuracy.xLabel == "l2" && figure.cost.summary.hasPrefix("Cost on held-out images against the l2"))
    #expect(figure.cost.series[0].points.map(\.x) == xs && figure.drawing.title == "Accuracy and cost against the l2")
  }
}
