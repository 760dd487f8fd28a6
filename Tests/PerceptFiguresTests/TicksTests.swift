import PerceptFigures
import Testing

@Suite("Ticks")
struct TicksTests {
  @Test(
    "linear ticks are round numbers inside the range",
    arguments: [
      (0.0...1.0, ["0", "0.2", "0.4", "0.6", "0.8", "1"]), (-10...10, ["−10", "−5", "0", "5", "10"]),
      (0...999, ["0", "200", "400", "600", "800"]), (0...0.00042, ["0", "0.0001", "0.0002", "0.0003", "0.0004"]),
      (0.693...0.7, ["0.694", "0.696", "0.698", "0.7"]),
    ])
  func linear(range: ClosedRange<Double>, labels: [String]) {
    #expect(Ticks.linear(range).map(Ticks.label) == labels)
  }

  @Test("logarithmic ticks are powers of ten")
  func logarithmic() {
    #expect(Ticks.logarithmic(0.001...1).map(Ticks.label) == ["0.001", "0.01", "0.1", "1"])
    #expect(Ticks.logarithmic(1e-5...3, count: 8).map(Ticks.label) == ["1e-5", "0.0001", "0.001", "0.01", "0.1", "1"])
    #expect(Ticks.logarithmic(100...3000, count: 8).map(Ticks.label) == ["100", "300", "1000", "3000"])
  }

  @Test(
    "labels have no unnecessary digits",
    arguments: [
      (0, "0"), (0.1 + 0.2, "0.3"), (1000, "1000"), (-0.25, "−0.25"), (1e-6, "1e-6"), (2.5e-7, "2.5e-7"), (3e8, "3e8"),
      (.leastNonzeroMagnitude, "0"), (.greatestFiniteMagnitude, "1.798e308"),
      (.infinity, "inf"), (.nan, "nan"),
    ] as [(Double, String)])
  func labels(value: Double, label: String) { #expect(Ticks.label(value) == label) }

  @Test(
    "numbers of any magnitude are rounded to significant digits",
    arguments: [
      (123456, 1.235e5), (0.00123456, 0.001235), (-9.9999, -10), (0, 0), (7.124576406741286e-218, 7.125e-218),
    ])
  func significant(value: Double, expected: Double) {
    #expect(abs(Ticks.significant(value, digits: 4) - expected) <= abs(expected) * 1e-12)
  }

  @Test(
    "empty, huge, tiny and infinite ranges are handled",
    arguments: [0.0...0.0, 5...5, -1e300...1e300, 0...1e-300, 0...Double.infinity])
  func degenerate(range: ClosedRange<Double>) {
    #expect(Ticks.linear(range).count < 20)
    _ = Ticks.rounded(range)
  }
}
