import CPerceptTIFF

/// Reads the samples of a TIFF as bytes: row by row from strips, tile by tile otherwise.
struct TIFFSamples {
  private let file: OpaquePointer
  private let layout: TIFFLayout
  private let width: Int
  private let height: Int
  /// The bytes for each sample of a color, and of alpha.
  private let (colorLevels, alphaLevels): ([UInt8], [UInt8])

  init(_ file: OpaquePointer, _ layout: TIFFLayout, width: Int, height: Int) {
    (self.file, self.layout, self.width, self.height) = (file, layout, width, height)
    let maximum = 1 << layout.bits - 1
    alphaLevels =
      layout.color == .palette ? (0...maximum).map { UInt8(truncatingIfNeeded: $0) } : SampleScale.bytes(of: maximum)
    colorLevels = layout.isInverted ? alphaLevels.map { 255 - $0 } : alphaLevels
  }

  /// Returns `layout.channels` samples for each pixel.
  func read(in memory: SampleMemory) throws(ImageError.Reason) -> [UInt8] {
    var words = ""
    let samples = memory.samples(width * height * layout.channels) { samples in
      withUnsafeTemporaryAllocation(of: UInt8.self, capacity: layout.unitSize) { unit in
        (0..<(layout.isPlanar ? layout.channels : 1)).allSatisfy { plane in
          layout.tile == nil
            ? readRows(plane, through: unit, into: samples, &words)
            : readTiles(plane, through: unit, into: samples, &words)
        }
      }
    }
    guard let samples else { throw .corrupt(format: "TIFF", words: words) }
    return samples
  }

  private func readRows(
    _ plane: Int, through unit: UnsafeMutableBufferPointer<UInt8>, into samples: UnsafeMutablePointer<UInt8>,
    _ words: inout String
  ) -> Bool {
    for y in 0..<height {
      let isRead = withErrorText(&words) {
        ctiff_read_row(file, UInt32(y), UInt16(plane), unit.baseAddress, $0, $1)
      }
      guard isRead else { return false }
      unpack(UnsafeBufferPointer(unit), width, plane, into: samples + y * width * layout.channels)
    }
    return true
  }

  private func readTiles(
    _ plane: Int, through unit: UnsafeMutableBufferPointer<UInt8>, into samples: UnsafeMutablePointer<UInt8>,
    _ words: inout String
  ) -> Bool {
    guard let tile = layout.tile else { return false }
    let length = layout.unitSize / tile.height
    for top in stride(from: 0, to: height, by: tile.height) {
      for left in stride(from: 0, to: width, by: tile.width) {
        let isRead = withErrorText(&words) {
          ctiff_read_tile(file, UInt32(left), UInt32(top), UInt16(plane), unit.baseAddress, $0, $1)
        }
        guard isRead else { return false }
        for y in top..<min(top + tile.height, height) {
          let row = UnsafeBufferPointer(rebasing: unit[(y - top) * length..<(y - top + 1) * length])
          let target = samples + (y * width + left) * layout.channels
          unpack(row, min(tile.width, width - left), plane, into: target)
        }
      }
    }
    return true
  }

  /// Converts `count` pixels of a row to bytes: those of one channel if the image is planar, otherwise of all of them.
  private func unpack(
    _ row: UnsafeBufferPointer<UInt8>, _ count: Int, _ plane: Int, into target: UnsafeMutablePointer<UInt8>
  ) {
    let (channels, step) = (layout.channels, layout.samplesPerUnit)
    if layout.bits == 8, step == channels, !layout.isInverted, let start = row.baseAddress {
      return target.update(from: start, count: count * channels)
    }
    let packed = PackedSamples(row, bits: layout.bits)
    for c in layout.isPlanar ? plane..<plane + 1 : 0..<channels {
      let levels = c < layout.colorCount ? colorLevels : alphaLevels
      let first = layout.isPlanar ? 0 : c
      for x in 0..<count {
        let place = x &* step &+ first
        // libtiff swaps the bytes of samples with 16 bits, but not of others.
        let sample = layout.bits == 16 ? Int(row[2 &* place]) | Int(row[2 &* place &+ 1]) << 8 : packed[place]
        target[x &* channels &+ c] = levels[sample]
      }
    }
  }
}
