import CPerceptKernels
import PerceptImages
import PerceptLinearAlgebra
import Testing

/// The resampling kernels of one instruction set.
struct ResamplingKernelSet: Sendable, CustomTestStringConvertible {
  let testDescription: String
  let kernels: resampling_kernels

  /// All instruction sets that this processor supports.
  static let all =
    [ResamplingKernelSet(testDescription: "any processor", kernels: resampling_kernels_any().pointee)]
    + (resampling_kernels_avx2().map { [ResamplingKernelSet(testDescription: "AVX2", kernels: $0.pointee)] } ?? [])
}

@Suite("Resampling kernels")
struct ResamplingKernelsTests {
  /// Old and new lengths: growing, shrinking slightly and strongly, shorter than the blocks of the kernels and beyond.
  static let lengths = [(1, 1), (1, 5), (3, 2), (32, 31), (89, 64), (64, 89), (300, 7), (1000, 33)]
  static let rowCounts = [1, 2, 4, 5, 8, 9, 12]

  private static func noise(_ count: Int) -> [UInt8] {
    var generator = SeededGenerator(seed: UInt64(count))
    // Every second sample is black or white, so that sums reach both ends of the range.
    return (0..<count).map { $0 % 2 == 0 ? UInt8.random(in: 0...255, using: &generator) : $0 % 3 == 0 ? 255 : 0 }
  }

  /// Checks the rows of a result whose stride is larger than a row, and that nothing is written between the rows.
  private func check(
    _ expected: [UInt8], rowLength: Int, _ call: (UnsafeMutablePointer<UInt8>, Int) -> Void
  ) {
    let gap = 5
    let rowCount = expected.count / rowLength
    var result = [UInt8](repeating: 77, count: rowCount * (rowLength + gap))
    call(&result, rowLength + gap)
    for y in 0..<rowCount {
      let start = y * (rowLength + gap)
      #expect(result[start..<start + rowLength].elementsEqual(expected[y * rowLength..<(y + 1) * rowLength]))
      #expect(result[start + rowLength..<start + rowLength + gap].allSatisfy { $0 == 77 })
    }
  }

  @Test("resampling rows equals the reference exactly", arguments: ResamplingKernelSet.all, lengths)
  func across(set: ResamplingKernelSet, lengths: (old: Int, new: Int)) {
    let taps = ResamplingTaps(from: SampleSpan(lengths.old), to: lengths.new)
    for channels in [1, 3] {
      let kernel = channels == 3 ? set.kernels.across_rgb : set.kernels.across_gray
      let rowLength = lengths.old * channels
      for rowCount in Self.rowCounts {
        let samples = Self.noise(rowCount * rowLength)
        let expected = ReferenceResampling.across(samples, channels: channels, rowLength: rowLength, taps: taps)
        check(expected, rowLength: lengths.new * channels) { result, stride in
          taps.withKernelTaps { kernel?(samples, rowLength, rowCount, $0, result, stride) }
        }
      }
    }
  }

  @Test("resampling columns equals the reference exactly", arguments: ResamplingKernelSet.all, lengths)
  func down(set: ResamplingKernelSet, lengths: (old: Int, new: Int)) {
    let taps = ResamplingTaps(from: SampleSpan(lengths.old), to: lengths.new)
    for rowLength in [1, 7, 8, 31, 32, 33, 100] {
      let samples = Self.noise(lengths.old * rowLength)
      let expected = ReferenceResampling.down(samples, rowLength: rowLength, taps: taps)
      check(expected, rowLength: rowLength) { result, stride in
        taps.withKernelTaps { set.kernels.down(samples, rowLength, rowLength, $0, result, stride) }
      }
    }
  }

  @Test("the best kernels for this processor are among those tested")
  func best() {
    let best = resampling_kernels_best()
    #expect(best == resampling_kernels_avx2() ?? resampling_kernels_any())
  }
}
