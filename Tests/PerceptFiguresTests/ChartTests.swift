import PerceptDatasets
import PerceptFigures
import PerceptImages
import PerceptModels
import PerceptTraining
import Testing

@Suite("Charts")
struct ChartTests {
  @Test("the sigmoid is drawn at the article's 100 points")
  func sigmoidChart() {
    let points = Chart.sigmoid.series[0].points
    #expect(points.count == 100)
    #expect(points[0].x == -10 && points[99].x == 10)
    #expect(points.allSatisfy { $0.y == sigmoid($0.x) })
    #expect(Chart.sigmoid.title == "Sigmoid Function" && Chart.sigmoid.yLabel == "a (sigmoid(x))")
  }

  @Test("a histogram of tests counts every one")
  func spread() throws {
    let dataset = try Dataset(
      features: (0..<43).map { [UInt8($0 * 5), UInt8($0 * 37 % 256)] },
      examples: (0..<43).map { Example(file: "\($0)", label: $0 * 7 % 3 / 2) }, classNames: ["no", "yes"],
      preprocessing: Preprocessing(size: ImageSize(width: 2, height: 1), color: .gray))
    let result = try CrossValidatedEvaluation(dataset, folds: 3, repeats: 4) { part, _ in
      try Trainer(iterations: 3).fit(.neuron(inputs: 2), to: part)
    }
    let chart = Chart.accuracyDistribution(of: result)
    // Every bar has two ends.
    #expect(chart.series[0].points.reduce(0) { $0 + $1.y } == 24)
    #expect(chart.title == "12 tests of the same way to train")
    #expect(chart.series.map(\.name) == ["tests", "over all", "always no"])
    #expect(chart.series[2].points.allSatisfy { $0.x == result.score.majority })
  }

  @Test("a learning curve marks every rise")
  func rises() {
    let chart = Chart.learningCurve([("cost", [1, 2, 1.5, 1.75, 1])], title: "t")
    #expect(chart.marks.map(\.x) == [1, 3] && chart.marks.map(\.y) == [2, 1.75])
    #expect(chart.summary.contains("rises at 2"))
    #expect(Chart.learningCurve([("cost", [3, 2, 1])], title: "t").marks.isEmpty)
  }

  @Test("points that cannot be drawn cut the line and harm nothing", arguments: [Chart.Scale.linear, .logarithmic])
  func gaps(scale: Chart.Scale) {
    var chart = Chart.learningCurve(
      [("a", [1, .infinity, 0.5, 0, -1, .nan, 0.1]), ("empty", []), ("one", [2])], title: "t")
    chart.yScale = scale
    let svg = chart.drawing().svg()
    #expect(!svg.contains("nan") && !svg.contains("inf"))
    #expect(svg.contains("<polyline"))
  }

  @Test(
    "0 stands at the beginning of a logarithmic axis where it is asked for, with nothing between it and the first power"
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

  @Test("a long legend leaves the curves their room")
  func longLegend() {
    func height(_ count: Int) -> Double {
      let series = (0..<count).map { Chart.Series(name: String(repeating: "a", count: 60) + "\($0)", points: [(0, 1)]) }
      return Chart(title: "t", summary: "s", xLabel: "x", yLabel: "y", series: series).drawing().height
    }
    #expect([1, 3, 4, 13].map(height) == [400, 400, 422, 620])
  }

  @Test("histograms are shares of all pixels")
  func histogram() {
    let chart = Chart.histogram([[1, 3]], centers: [0, 1], title: "t", label: "x")
    #expect(chart.series[0].points.map(\.y) == [0.25, 0.75])
  }
}

@Suite("SVG")
struct SVGTests {
  @Test("has a title, a description, real text and no characters that break it")
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

@Suite("Tuning figure")
struct TuningFigureTests {
  func result(_ rate: Double, accuracies: [Double], cost: Double) -> CrossValidationResult {
    CrossValidationResult(
      candidate: 0,
      folds: accuracies.map {
        CrossValidationResult.Fold(accuracy: $0, cost: cost, learningRate: rate, stableLearningRate: nil)
      })
  }

  @Test("curves run along the learning rate with one deviation as bars, without what diverged")
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
    "the horizontal axis is named, and logarithmic where settings lie far apart",
    arguments: [
      ([300, 1000, 3000], Chart.Scale.logarithmic), ([5, 10, 15], .linear), ([0, 0.01, 0.1], .logarithmicFromZero),
      ([0, 1, 2], .linear), ([0.5], .logarithmic),
    ] as [([Double], Chart.Scale)])
  func axis(xs: [Double], scale: Chart.Scale) {
    let points = xs.map { (x: $0, result: result(1, accuracies: [0.5, 0.7], cost: 2)) }
    let figure = TuningFigure([(name: "a", points: points)], against: "l2")
    #expect(figure.accuracy.xScale == scale && figure.cost.xScale == scale)
    #expect(figure.accuracy.xLabel == "l2" && figure.cost.summary.hasPrefix("Cost on pictures left out against the l2"))
    #expect(figure.cost.series[0].points.map(\.x) == xs && figure.drawing.title == "Accuracy and cost against the l2")
  }
}
