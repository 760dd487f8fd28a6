import PerceptIO

/// A Windows bitmap with 32 bits per pixel and channel masks, which is the format of PngSuite's expected pixels.
struct Bitmap {
  let width: Int
  let height: Int
  /// Red, green, blue and straight (not premultiplied) alpha, from the top row down.
  let pixels: [(red: Int, green: Int, blue: Int, alpha: Int)]

  /// Reads a file; `nil` if it is another kind of bitmap.
  init?(_ path: String) throws {
    let bytes = try FileSystem.read(path)
    func number(_ position: Int) -> Int {
      (0..<4).reduce(0) { $0 | Int(bytes[position + $1]) << (8 * $1) }
    }
    guard bytes.count > 70, bytes[28] == 32, number(30) == 3 else { return nil }
    let offset = number(10)
    let width = number(18)
    let rows = Int(Int32(truncatingIfNeeded: number(22)))  // negative if the top row comes first
    let height = abs(rows)
    let masks = [54, 58, 62, 66].map(number)
    guard bytes.count >= offset + 4 * width * height else { return nil }
    var pixels: [(red: Int, green: Int, blue: Int, alpha: Int)] = []
    for y in 0..<height {
      let row = rows < 0 ? y : height - 1 - y
      for x in 0..<width {
        let value = number(offset + 4 * (row * width + x))
        let channels = masks.map { $0 == 0 ? 255 : (value & $0) >> $0.trailingZeroBitCount }
        pixels.append((channels[0], channels[1], channels[2], channels[3]))
      }
    }
    self.width = width
    self.height = height
    self.pixels = pixels
  }
}
