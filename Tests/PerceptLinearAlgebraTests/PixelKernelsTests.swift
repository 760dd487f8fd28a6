import CPerceptKernels
import PerceptLinearAlgebra
import Testing

/// The kernels of one instruction set.
struct KernelSet: Sendable, CustomTestStringConvertible {
  let testDescription: String
  let kernels: pixel_kernels

  /// All instruction sets that this processor supports.
  static let all =
    [KernelSet(testDescription: "any processor", kernels: pixel_kernels_any().pointee)]
    + (pixel_kernels_avx2().map { [KernelSet(testDescription: "AVX2", kernels: $0.pointee)] } ?? [])
    + (pixel_kernels_avx512().map { [KernelSet(testDescription: "AVX-512", kernels: $0.pointee)] } ?? [])
}

@Suite("Pixel kernels")
struct PixelKernelsTests {
  static let lengths = [0, 1, 2, 7, 8, 9, 15, 16, 17, 31, 33, 63, 64, 65, 1000, 12_288, 40_000]

  private struct Numbers {
    let weights: [Double]
    let rows: [[UInt8]]

    init(_ length: Int) {
      var generator = SeededGenerator(seed: UInt64(length))
      weights = (0..<length).map { _ in Double.random(in: -1...1, using: &generator) }
      rows = (0..<4).map { _ in (0..<length).map { _ in UInt8.random(in: 0...255, using: &generator) } }
    }

    /// The sum of the absolute values of all terms plus 1, as the scale of rounding errors.
    func scale(_ row: Int) -> Double { zip(weights, rows[row]).reduce(1) { $0 + abs($1.0) * Double($1.1) } }

    func withRows(_ body: (UnsafePointer<UnsafePointer<UInt8>?>) -> Void) {
      rows[0].withUnsafeBufferPointer { a in
        rows[1].withUnsafeBufferPointer { b in
          rows[2].withUnsafeBufferPointer { c in
            rows[3].withUnsafeBufferPointer { d in body([a.baseAddress, b.baseAddress, c.baseAddress, d.baseAddress]) }
          }
        }
      }
    }
  }

  @Test("a dot product equals the reference", arguments: KernelSet.all, lengths)
  func dot(set: KernelSet, length: Int) {
    let numbers = Numbers(length)
    let result = set.kernels.dot(numbers.weights, numbers.rows[0], length)
    #expect(abs(result - ReferenceKernels.dot(numbers.weights, numbers.rows[0])) <= 1e-13 * numbers.scale(0))
  }

  @Test("adding a multiple of pixels equals the reference", arguments: KernelSet.all, lengths)
  func add(set: KernelSet, length: Int) {
    let numbers = Numbers(length)
    var sums = numbers.weights
    set.kernels.add(0.75, numbers.rows[0], &sums, length)
    #expect(sums == ReferenceKernels.adding(0.75, times: numbers.rows[0], to: numbers.weights))
  }

  @Test("products of bytes are exact, including those of the largest bytes", arguments: KernelSet.all, lengths)
  func products(set: KernelSet, length: Int) {
    let numbers = Numbers(length)
    let white = [UInt8](repeating: 255, count: length)
    var products = [Int64](repeating: -1, count: 16)
    numbers.withRows { set.kernels.products($0, $0, &products, length) }
    for r in 0..<4 {
      for c in 0..<4 {
        #expect(Int(products[4 * r + c]) == ReferenceKernels.product(numbers.rows[r], numbers.rows[c]))
      }
    }
    Self.expectExact(set, white, white, product: 65_025)
  }

  @Test("products stay exact where 32-bit sums would overflow", arguments: KernelSet.all, [0, 1, 128, 255] as [UInt8])
  func longProducts(set: KernelSet, level: UInt8) {
    let white = [UInt8](repeating: 255, count: 2_100_000)
    let other = [UInt8](repeating: level, count: white.count)
    Self.expectExact(set, white, other, product: 255 * Int64(level))
    Self.expectExact(set, other, white, product: 255 * Int64(level))
  }

  private static func expectExact(_ set: KernelSet, _ a: [UInt8], _ b: [UInt8], product: Int64) {
    var products = [Int64](repeating: -1, count: 16)
    a.withUnsafeBufferPointer { a in
      b.withUnsafeBufferPointer { b in
        set.kernels.products(
          Array(repeating: a.baseAddress, count: 4), Array(repeating: b.baseAddress, count: 4), &products, a.count)
      }
    }
    #expect(products == Array(repeating: Int64(a.count) * product, count: 16))
  }

  @Test(
    "products of a symmetric matrix and a vector equal the reference", arguments: KernelSet.all, [0, 4, 8, 16, 84])
  func multiply(set: KernelSet, count: Int) {
    var generator = SeededGenerator(seed: 1)
    var matrix = [Double](repeating: 0, count: count * count)
    for i in 0..<count {
      for j in 0...i {
        matrix[i * count + j] = Double.random(in: -1...1, using: &generator)
        matrix[j * count + i] = matrix[i * count + j]
      }
    }
    let vector = (0..<count).map { _ in Double.random(in: -1...1, using: &generator) }
    // NaN where the kernel must not read.
    let lower = matrix.indices.map { $0 % count > ($0 / count | 3) ? Double.nan : matrix[$0] }
    for middle in stride(from: 0, through: count, by: 4) {
      var products = [Double](repeating: 0, count: count)
      set.kernels.multiply(lower, count, vector, &products, 0, middle)
      set.kernels.multiply(lower, count, vector, &products, middle, count)
      for (product, expected) in zip(products, ReferenceKernels.multiply(matrix, vector)) {
        #expect(abs(product - expected) < 1e-13)
      }
    }
  }

  @Test("scaling and Adam updates agree with the reference", arguments: KernelSet.all, lengths)
  func batches(set: KernelSet, length: Int) {
    let numbers = Numbers(length)
    let factors = numbers.weights.map(Float.init)
    let offsets = factors.map { 1 - $0 }
    var scaled = [Float](repeating: .nan, count: length)
    set.kernels.scale(numbers.rows[0], factors, offsets, &scaled, length)
    let reference = ReferenceKernels.scaled(numbers.rows[0], factors: factors, offsets: offsets)
    #expect(zip(scaled, reference).allSatisfy { abs($0 - $1) <= 1e-4 })
    var (weights, first, second) = (factors, offsets, factors.map { $0 * $0 })
    set.kernels.adam(&weights, scaled, &first, &second, 0.9, 0.99, 0.5, 0.001, 0.25, length)
    for j in 0..<length {
      let g = scaled[j]
      let expected = ReferenceKernels.adam(
        factors[j], gradient: g, moments: (offsets[j], factors[j] * factors[j]), betas: (0.9, 0.99), rate: 0.5,
        epsilon: 0.001, decay: 0.25)
      #expect(abs(first[j] - expected.first) <= 1e-5 * max(abs(g), 1))
      #expect(abs(second[j] - expected.second) <= 1e-5 * max(g * g, 1))
      #expect(abs(weights[j] - expected.weight) <= 1e-3)
    }
  }

  @Test("cross-entropy is accurate over the complete range of logits", arguments: KernelSet.all, [0.0, 1])
  func crossEntropy(set: KernelSet, label: Double) {
    let logits =
      stride(from: -1000.0, through: 1000, by: 0.37).map { $0 } + [0, 1e-9, -1e-9, 1e-300, 700, -700, 1e300, -1e300]
    var errors = [Double](repeating: 9, count: logits.count)
    var losses = errors
    set.kernels.cross_entropy(logits, Array(repeating: label, count: logits.count), &errors, &losses, logits.count)
    for (index, z) in logits.enumerated() {
      let expected = ReferenceKernels.crossEntropy(z, label: label)
      #expect(abs(errors[index] - expected.error) <= 4e-16)
      #expect(abs(losses[index] - expected.loss) <= 1e-15 * expected.loss + 1e-300)
    }
    // Training has the same bits on every processor.
    var (plainErrors, plainLosses) = (errors, losses)
    KernelSet.all[0].kernels.cross_entropy(
      logits, Array(repeating: label, count: logits.count), &plainErrors, &plainLosses, logits.count)
    #expect(errors == plainErrors && losses == plainLosses)
  }
}

@Suite("Seeded generator")
struct SeededGeneratorTests {
  @Test("the numbers are those published for SplitMix64")
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

  @Test("the transform of 64 x 64 pixels has the bits of the reference", arguments: KernelSet.all)
  func transform(set: KernelSet) {
    var generator = SeededGenerator(seed: 1)
    let cosines = (0..<64).map { _ in SIMD16<Float>((0..<16).map { _ in Float.random(in: -1...1, using: &generator) }) }
    for _ in 0..<20 {
      let pixels = (0..<64 * 64).map { _ in UInt8.random(in: 0...255, using: &generator) }
      var terms = [Float](repeating: 0, count: 256)
      set.kernels.transform(pixels, cosines.flatMap { vector in vector.indices.map { vector[$0] } }, &terms)
      #expect(terms == ReferenceKernels.transform(pixels, cosines: cosines))
    }
  }
}
