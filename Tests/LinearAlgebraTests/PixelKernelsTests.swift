import LinearAlgebra
import Testing

@Suite("Pixel kernels")
struct PixelKernelsTests {
  static let lengths = [0, 1, 2, 7, 8, 9, 15, 16, 17, 31, 33, 64, 1000, 12_288]

  @Test("a dot product equals the sum written out", arguments: lengths)
  func dot(length: Int) {
    var generator = SeededGenerator(seed: UInt64(length))
    let weights = (0..<length).map { _ in Double.random(in: -1...1, using: &generator) }
    let pixels = (0..<length).map { _ in UInt8.random(in: 0...255, using: &generator) }
    let expected = zip(weights, pixels).reduce(0) { $0 + $1.0 * Double($1.1) }
    let result = weights.withUnsafeBufferPointer { w in pixels.withUnsafeBufferPointer { PixelKernels.dot(w, $0) } }
    #expect(abs(result - expected) <= 1e-13 * zip(weights, pixels).reduce(1) { $0 + abs($1.0) * Double($1.1) })
  }

  @Test("adding a multiple of pixels changes each sum by it", arguments: lengths)
  func add(length: Int) {
    var generator = SeededGenerator(seed: UInt64(length))
    let pixels = (0..<length).map { _ in UInt8.random(in: 0...255, using: &generator) }
    var sums = (0..<length).map { _ in Double.random(in: -1...1, using: &generator) }
    let expected = zip(sums, pixels).map { $0 + 0.75 * Double($1) }
    sums.withUnsafeMutableBufferPointer { sums in
      pixels.withUnsafeBufferPointer { PixelKernels.add(0.75, times: $0, to: sums) }
    }
    #expect(sums == expected)
  }

  @Test("bytes above 127 are not taken for negative numbers")
  func largeBytes() {
    let result = [Double](repeating: 1, count: 16).withUnsafeBufferPointer { w in
      [UInt8](repeating: 255, count: 16).withUnsafeBufferPointer { PixelKernels.dot(w, $0) }
    }
    #expect(result == 4080)
  }
}

@Suite("Seeded generator")
struct SeededGeneratorTests {
  @Test("gives the published numbers of SplitMix64")
  func published() {
    var generator = SeededGenerator(seed: 1_234_567)
    #expect(generator.next() == 6_457_827_717_110_365_317)
    #expect(generator.next() == 3_203_168_211_198_807_973)
  }
}

@Suite("Concurrency")
struct ConcurrencyTests {
  @Test("every index is visited once", arguments: [0, 1, 2, 100])
  func visits(count: Int) {
    var visits = [Int](repeating: 0, count: count)
    visits.withUnsafeMutableBufferPointer { buffer in
      nonisolated(unsafe) let visits = buffer
      concurrently(count) { visits[$0] += 1 }
    }
    #expect(visits.allSatisfy { $0 == 1 })
  }
}
