import CPerceptKernels
import PerceptLinearAlgebra
import Testing

/// Sums of whole numbers with every instruction set, compared with the references, which are exact.
@Suite("Whole numbers")
struct WholeNumbersTests {
  static let lengths = PixelKernelsTests.lengths

  /// The most bits of a whole number of 2 and 3 digits.
  static func bits(_ digits: Int) -> Int { 16 * digits - 2 }

  /// Rows of random bytes, and of the largest ones.
  static func rows(_ count: Int, _ length: Int) -> [[UInt8]] {
    var generator = SeededGenerator(seed: UInt64(length))
    return (0..<count).map { row in
      (0..<length).map { _ in row % 4 == 3 ? 255 : UInt8.random(in: 0...255, using: &generator) }
    }
  }

  /// Random whole numbers and the largest ones, with up to `bits` bits.
  static func numbers(_ count: Int, bits: Int) -> [Int64] {
    var generator = SeededGenerator(seed: UInt64(count))
    let largest = Int64(1) << bits
    return (0..<count).map {
      $0 % 3 == 0 ? ($0 % 2 == 0 ? largest : -largest) : .random(in: -largest...largest, using: &generator)
    }
  }

  /// Calls `body` with pointers to the rows.
  static func withPointers(_ rows: [[UInt8]], _ body: ([UnsafePointer<UInt8>?]) -> Void) {
    let length = rows[0].count
    // With one more byte, even empty rows have an address.
    (rows.flatMap { $0 } + [0]).withUnsafeBufferPointer { flat in
      if let base = flat.baseAddress { body(rows.indices.map { row in base + row * length }) }
    }
  }

  static func digits(_ set: KernelSet, _ numbers: [Int64], count: Int, stride: Int) -> [Int16] {
    var digits = [Int16](repeating: 0, count: count * stride)
    let sum = set.kernels.cut(numbers.map(Double.init), 1, Int32(count), &digits, stride, numbers.count)
    #expect(sum == numbers.reduce(0, &+))
    return digits
  }

  @Test("numbers are rounded to even and cut into digits", arguments: KernelSet.all, [2, 3])
  func cut(set: KernelSet, count: Int) {
    let largest = Double(sign: .plus, exponent: Self.bits(count), significand: 1)
    let values: [Double] =
      [0, -0.0, 0.5, 1.5, -0.5, -1.5, 2.5, 0.49999999999999994, 32_767, 32_768, -32_768, -32_769, 1e-300, 65_535.5]
      + [largest, -largest, largest - 1, 1 - largest] + (0..<40).map { Double($0) * 1234.567 - 1e4 }
    var digits = [Int16](repeating: 0, count: count * 64)
    // Scaling by a power of 2 is exact.
    let sum = set.kernels.cut(values.map { $0 * 0x1p-20 }, 0x1p20, Int32(count), &digits, 64, values.count)
    for (j, value) in values.enumerated() {
      let whole = ReferenceKernels.whole(digits: (0..<count).map { digits[$0 * 64 + j] })
      #expect(whole == Int64(value.rounded(.toNearestOrEven)), "\(value)")
    }
    #expect(sum == values.reduce(0) { $0 + Int64($1.rounded(.toNearestOrEven)) })
    #expect(digits[values.count..<64].allSatisfy { $0 == 0 })
  }

  @Test("the largest absolute value is NaN if a value is not finite", arguments: KernelSet.all, lengths.prefix(10))
  func largest(set: KernelSet, length: Int) {
    var values = (0..<length).map { Double(($0 * 7) % 11) - 5 }
    #expect(set.kernels.largest(values, length) == ReferenceKernels.largest(values))
    for wrong in [Double.nan, .infinity, -.infinity] {
      for j in 0..<length {
        let right = values[j]
        values[j] = wrong
        #expect(set.kernels.largest(values, length).isNaN && ReferenceKernels.largest(values).isNaN)
        values[j] = right
      }
    }
  }

  @Test("products with rows are exact", arguments: KernelSet.all, lengths)
  func dots(set: KernelSet, length: Int) {
    let stride = (length + 63) / 64 * 64
    let rows = Self.rows(8, length)
    for count in [2, 3] {
      // As many bits as fit into 64 with this number of terms.
      let numbers = Self.numbers(length, bits: min(Self.bits(count), 38))
      let digits = Self.digits(set, numbers, count: count, stride: stride)
      var products = [Int64](repeating: 5, count: 8)
      Self.withPointers(rows) { pointers in
        for first in Swift.stride(from: 0, to: length, by: 8192) {
          set.kernels.dots(
            digits, Int32(count), stride, pointers, pointers, 8, first, min(first + 8192, length), &products)
        }
      }
      #expect(products == rows.map { 5 + ReferenceKernels.product(numbers, $0) })
    }
  }

  @Test("the largest products are exact over any number of columns", arguments: KernelSet.all, [2, 3])
  func longDots(set: KernelSet, count: Int) {
    // 255 · 2⁴⁶ · 2⁹ is just below 2⁶³.
    let length = count == 2 ? 1 << 20 : 1 << 9
    for largest in [Int64(1) << Self.bits(count), -(Int64(1) << Self.bits(count))] {
      // The lower digits are largest in numbers of their own.
      for number in [largest, 0x7FFF_7FFF >> (count == 2 ? 2 : 0), -0x2000_8000] {
        let digits = Self.digits(set, Array(repeating: number, count: length), count: count, stride: length)
        var products = [Int64](repeating: 0, count: 4)
        let white = [UInt8](repeating: 255, count: length)
        white.withUnsafeBufferPointer { white in
          let pointers = Array(repeating: white.baseAddress, count: 4)
          set.kernels.dots(digits, Int32(count), length, pointers, pointers, 4, 0, length, &products)
        }
        #expect(products == Array(repeating: number * 255 * Int64(length), count: 4))
      }
    }
  }

  @Test("sums of multiples of rows are exact, for any order of rows and columns", arguments: KernelSet.all, lengths)
  func adds(set: KernelSet, length: Int) {
    let stride = (length + 63) / 64 * 64
    let rows = Self.rows(16, length)
    let numbers = Self.numbers(16, bits: Self.bits(2))
    let factors = Self.digits(set, numbers, count: 2, stride: 16)
    var sums = [Int32](repeating: 0, count: 2 * stride)
    var totals = (0..<stride).map { Int64($0) }
    let tile = 4096
    Self.withPointers(rows) { pointers in
      for first in Swift.stride(from: 0, to: length, by: tile).reversed() {
        set.kernels.adds(factors, pointers, pointers, 16, first, min(first + tile, length), &sums, stride)
      }
    }
    set.kernels.carry(&sums, stride, &totals)
    for j in 0..<length {
      #expect(totals[j] == Int64(j) + ReferenceKernels.product(numbers, rows.map { $0[j] }))
    }
    #expect(sums.allSatisfy { $0 == 0 })
    // Columns that do not exist have no products.
    #expect((length..<stride).allSatisfy { totals[$0] == Int64($0) })
  }

  @Test(
    "sums of the largest products of 256 rows are exact", arguments: KernelSet.all,
    [0x4000_0000, -0x4000_0000, 0x3FFF_7FFF, -0x3FFF_8000])
  func mostRows(set: KernelSet, number: Int64) {
    let white = [UInt8](repeating: 255, count: 100)
    let factors = Self.digits(set, Array(repeating: number, count: 64), count: 2, stride: 64)
    var sums = [Int32](repeating: 0, count: 2 * 128)
    var totals = [Int64](repeating: 0, count: 128)
    white.withUnsafeBufferPointer { white in
      let pointers = Array(repeating: white.baseAddress, count: 64)
      for _ in 0..<PixelKernels.mostRows / 64 { set.kernels.adds(factors, pointers, pointers, 64, 0, 100, &sums, 128) }
    }
    set.kernels.carry(&sums, 128, &totals)
    #expect(totals[..<100].allSatisfy { $0 == number * 255 * 256 })
  }
}

@Suite("Fixed point")
struct FixedPointTests {
  @Test(
    "no sum of the largest numbers overflows", arguments: [1, 2, 3, 512, 513, 12_288, 1 << 24, (1 << 24) + 1, 1 << 40])
  func sums(terms: Int) throws {
    for largest in [0x1p-1040, 1e-9, 0.9999, 1, 1.5, 255, 1e100, 0x1p1022] {
      for digits in [2, 3] {
        let format = try #require(FixedPoint(digits: digits, largest: largest, terms: terms))
        let whole = try #require(format.whole(format.limit))
        #expect(largest <= format.limit && whole <= Int64(1) << (16 * digits - 2))
        let (sum, overflow) = whole.multipliedReportingOverflow(by: Int64(terms) * 255)
        #expect(!overflow && sum >= 0)
      }
      let format = try #require(FixedPoint(largest: largest, terms: terms))
      let (sum, overflow) = try #require(format.whole(-format.limit)).multipliedReportingOverflow(by: Int64(terms))
      #expect(!overflow && sum < 0)
    }
  }

  @Test("numbers that do not fit, and formats of infinite numbers, are nil")
  func limits() throws {
    let format = try #require(FixedPoint(digits: 2, largest: 0.75, terms: 100))
    #expect(format.limit == 1 && format.scale == 0x1p30)
    for number in [Double.nan, .infinity, -.infinity, 1.0000001, -2] { #expect(format.whole(number) == nil) }
    #expect(format.whole(-1) == -0x4000_0000)
    #expect(format.number(0x4000_0000) == 1)
    for largest in [Double.nan, .infinity, 0x1p1023] {
      #expect(FixedPoint(digits: 2, largest: largest, terms: 1) == nil && FixedPoint(largest: largest, terms: 1) == nil)
    }
    let zero = try #require(FixedPoint(digits: 3, largest: 0, terms: 1))
    #expect(zero.whole(0) == 0 && zero.scale.isFinite)
  }
}
