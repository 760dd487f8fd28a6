import PerceptIO

/// Decodes the first frame of a GIF on its canvas, as Pillow does: a canvas that is smaller than the frame grows, and the
/// rest of the canvas is transparent if the frame has a transparent color, and otherwise has index 0.
enum GIFDecoder {
  static func decode(_ request: DecodingRequest) throws(ImageError.Reason) -> Image {
    var blocks = try GIFBlocks(request.bytes)
    guard let frame = try blocks.nextFrame() else { throw GIFBlocks.corrupt("it contains no image") }
    let size = (
      width: max(blocks.width, frame.left + frame.width), height: max(blocks.height, frame.top + frame.height)
    )
    try request.check(width: size.width, height: size.height, format: .gif)
    let count = size.width * size.height
    var problem: ImageError.Reason?
    let indices = request.memory.samples(count) { indices in
      indices.initialize(repeating: frame.transparent ?? 0, count: count)
      do throws(ImageError.Reason) {
        var decoder = GIFIndices(blocks, bits: frame.bits)
        for y in rows(of: frame) {
          let start = (frame.top + y) * size.width + frame.left
          for x in 0..<frame.width { indices[start + x] = try decoder.next() }
        }
        try decoder.finish()
        return true
      } catch {
        problem = error
        return false
      }
    }
    guard let indices else { throw problem ?? GIFBlocks.truncated }
    return (frame.palette ?? .grays).image(
      ImageSize(width: size.width, height: size.height), of: indices, transparent: frame.transparent,
      in: request.memory)
  }

  /// Returns whether a GIF has more than one frame.
  static func isAnimation(_ bytes: [UInt8]) -> Bool {
    guard var blocks = try? GIFBlocks(bytes), (try? blocks.nextFrame()) != nil else { return false }
    guard (try? blocks.skipSubblocks()) != nil else { return false }
    return (try? blocks.nextFrame()) != nil
  }

  /// Returns the order in which the rows of a frame are stored.
  private static func rows(of frame: GIFBlocks.Frame) -> [Int] {
    guard frame.isInterlaced else { return Array(0..<frame.height) }
    return [(0, 8), (4, 8), (2, 4), (1, 2)].flatMap { Array(stride(from: $0.0, to: frame.height, by: $0.1)) }
  }
}
