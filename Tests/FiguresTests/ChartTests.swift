import Figures
import NeuralNetworks
import Testing
import Training

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

  @Test("histograms are shares of all pixels")
  func histogram() {
    let chart = Chart.histogram([[1, 3]], centres: [0, 1], title: "t", label: "x")
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
  func trial(_ rate: Double, accuracies: [Double], cost: Double) -> Trial {
    Trial(
      candidate: 0,
      folds: accuracies.map { Trial.Fold(accuracy: $0, cost: cost, learningRate: rate, stableLearningRate: nil) })
  }

  @Test("curves run along the learning rate with one deviation as bars, without what diverged")
  func curves() throws {
    let figure = TuningFigure([
      (
        name: "a",
        trials: [
          trial(0.1, accuracies: [0.5, 0.7], cost: 2), trial(0.01, accuracies: [0.75, 0.75], cost: 1),
          Trial(candidate: 1, folds: []),
        ]
      )
    ])
    let series = figure.accuracy.series[0]
    #expect(series.points.map(\.x) == [0.01, 0.1] && series.points.map(\.y) == [0.75, 0.6])
    #expect(series.bars[0] == 0 && abs(series.bars[1] - 0.02.squareRoot()) < 1e-12)
    #expect(figure.cost.series[0].points.map(\.y) == [1, 2] && figure.cost.yScale == .linear)
    let svg = figure.drawing.svg()
    #expect(svg.contains(">0.01<") && svg.contains(">0.1<") && svg.contains("accuracy of 0.75."))
    #expect(
      TuningFigure([(name: "a", trials: [trial(1, accuracies: [1], cost: 0)])]).drawing.svg().contains("nan") == false)
    #expect(TuningFigure([]).drawing.svg().contains("nan") == false)
  }
}
