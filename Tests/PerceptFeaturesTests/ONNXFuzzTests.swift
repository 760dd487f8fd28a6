import FoundationEssentials
import PerceptFeatures
import Testing

@Suite("ONNX fuzzing")
struct ONNXFuzzTests {
  /// The number of files. `PERCEPT_FUZZ_COUNT` sets it.
  static let count = ProcessInfo.processInfo.environment["PERCEPT_FUZZ_COUNT"].flatMap { UInt64($0) } ?? 2000

  @Test("both networks are sound without changes")
  func sound() throws {
    #expect(
      try decode(ONNXGraphTests.network().bytes).analysis(height: 32, width: 48).outputs[0].shape == [1, 8, 16, 24])
    let analysis = try decode(ONNXMutations.tokens.bytes).analysis(height: 32, width: 48)
    #expect(analysis.outputs[0].shape == [1, 2, 8, 12])
    #expect(analysis.multiplyAdds == 96 * (2 * 48 + 2 * 96 * 2))
  }

  @Test("damaged files are refused or analyzed within a second each")
  func damaged() {
    var (accepted, slowest) = (0, Duration.zero)
    let clock = ContinuousClock()
    for seed in 0..<Self.count {
      let bytes = ONNXMutations.file(seed: seed)
      slowest = max(
        slowest,
        clock.measure {
          if ONNXNodeRefusalTests.failure(bytes) == nil { accepted += 1 }
        })
    }
    #expect(slowest < .seconds(1))
    // The mutations are not so strong that they only test the beginning of the parser.
    #expect(accepted > Int(Self.count) / 50)
    #expect(accepted < Int(Self.count) / 2)
  }
}
