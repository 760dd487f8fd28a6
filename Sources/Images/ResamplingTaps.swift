/// Which old pixels make each new one along one direction, and with what weights, in 22-bit fixed point.
///
/// A new pixel `i` is centred at `(i + 1/2) scale` among the old ones, with `scale = old / new`. The triangle reaches
/// `support = max(scale, 1)` to either side and weighs old pixel `j` by `1 - |j + 1/2 - centre| / support`; the weights
/// are normalised in Float64 and rounded to multiples of 2^-22. (The method of Pillow's antialiased filters.)
struct ResamplingTaps {
  /// The fractional bits of the weights.
  static let precision: Int32 = 22

  /// New pixels.
  private let count: Int
  /// The first old pixel of each new one.
  private let starts: [Int]
  /// The old pixels that each new one uses.
  private let lengths: [Int]
  /// `count x capacity`; each row's weights stand at its beginning.
  private let weights: [Int32]
  private let capacity: Int

  init(from oldCount: Int, to newCount: Int) {
    let scale = Double(oldCount) / Double(newCount)
    let support = max(scale, 1)
    let capacity = min(oldCount, 2 * Int(support) + 3)
    var starts: [Int] = []
    var lengths: [Int] = []
    var weights = [Int32](repeating: 0, count: newCount * capacity)
    var triangle: [Double] = []
    for i in 0..<newCount {
      let centre = (Double(i) + 0.5) * scale
      // Truncation towards zero, as in the original: a negative start is clamped anyway.
      let start = max(0, Int(centre - support + 0.5))
      let end = min(oldCount, Int(centre + support + 0.5))
      triangle.removeAll(keepingCapacity: true)
      for j in 0..<end - start {
        triangle.append(max(0, 1 - abs((Double(j + start) - centre + 0.5) * (1 / support))))
      }
      var total = 0.0
      for weight in triangle { total += weight }
      for (j, weight) in triangle.enumerated() {
        let normalised = total == 0 ? weight : weight / total
        weights[i * capacity + j] = Int32(0.5 + normalised * Double(1 << Self.precision))
      }
      starts.append(start)
      lengths.append(end - start)
    }
    self.count = newCount
    self.capacity = capacity
    self.starts = starts
    self.lengths = lengths
    self.weights = weights
  }

  /// A weighted sum (begun at one half) as a level. Rounded weights may exceed 1 in total, so it is clipped above.
  @inline(__always)
  static func level(_ sum: Int32) -> UInt8 {
    UInt8(truncatingIfNeeded: min(sum >> precision, 255))
  }

  /// One half, so that the shift in `level` rounds.
  private static let half: Int32 = 1 << (precision - 1)

  /// One row of gray pixels.
  func applyToGray(_ row: UnsafePointer<UInt8>, into result: UnsafeMutablePointer<UInt8>) {
    weights.withUnsafeBufferPointer { weights in
      for i in 0..<count {
        let pixels = row + starts[i]
        let first = i &* capacity
        var sum = Self.half
        for j in 0..<lengths[i] { sum &+= weights[first &+ j] &* Int32(pixels[j]) }
        result[i] = Self.level(sum)
      }
    }
  }

  /// One row of RGB pixels.
  func applyToRGB(_ row: UnsafePointer<UInt8>, into result: UnsafeMutablePointer<UInt8>) {
    weights.withUnsafeBufferPointer { weights in
      for i in 0..<count {
        var pixel = row + 3 &* starts[i]
        let first = i &* capacity
        var (red, green, blue) = (Self.half, Self.half, Self.half)
        for j in 0..<lengths[i] {
          let weight = weights[first &+ j]
          red &+= weight &* Int32(pixel[0])
          green &+= weight &* Int32(pixel[1])
          blue &+= weight &* Int32(pixel[2])
          pixel += 3
        }
        result[3 &* i] = Self.level(red)
        result[3 &* i &+ 1] = Self.level(green)
        result[3 &* i &+ 2] = Self.level(blue)
      }
    }
  }

  /// The sums of new row `output` over whole old rows, `stride` samples apart.
  func applyToRows(
    _ rows: UnsafePointer<UInt8>, stride: Int, output: Int, sums: UnsafeMutablePointer<Int32>, count: Int
  ) {
    sums.update(repeating: Self.half, count: count)
    for j in 0..<lengths[output] {
      let weight = weights[output &* capacity &+ j]
      let row = rows + (starts[output] &+ j) &* stride
      for x in 0..<count { sums[x] &+= weight &* Int32(row[x]) }
    }
  }
}
