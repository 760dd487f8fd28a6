import CPerceptKernels
import Synchronization

/// Resizes images as `Image.resized(to:)` documents, with a buffer that is reused from image to image, and with weights
/// that all resamplers share. Not thread-safe.
final class Resampler {
  private static let kernels = resampling_kernels_best().pointee

  private struct Lengths: Hashable {
    let old: SampleSpan
    let new: Int
  }

  /// The maximum number of cached taps. Most datasets have fewer distinct side lengths.
  private static let mostTaps = 64

  private static let known = Mutex([Lengths: ResamplingTaps]())

  /// The samples between the two passes.
  private var between: [UInt8] = []

  /// Resizes an area. Rows of the result are `stride` samples apart.
  func resample(_ area: SampleArea, to size: ImageSize, into result: UnsafeMutablePointer<UInt8>, stride: Int) {
    switch (area.columns == SampleSpan(size.width), area.rows == SampleSpan(size.height)) {
    case (true, true): area.copy(into: result, stride: stride)
    case (false, true): across(area, to: size.width, into: result, stride: stride)
    case (true, false): down(area, to: size.height, into: result, stride: stride)
    case (false, false):
      let rowLength = size.width * area.channels
      Self.withRoom(area.height * rowLength, in: &between) { between in
        across(area, to: size.width, into: between, stride: rowLength)
        let rows = SampleArea(
          start: UnsafePointer(between), stride: rowLength, columns: SampleSpan(size.width), rows: area.rows,
          channels: area.channels)
        down(rows, to: size.height, into: result, stride: stride)
      }
    }
  }

  private func across(_ area: SampleArea, to width: Int, into result: UnsafeMutablePointer<UInt8>, stride: Int) {
    let kernel = area.channels == 3 ? Self.kernels.across_rgb : Self.kernels.across_gray
    Self.taps(from: area.columns, to: width).withKernelTaps {
      kernel?(area.start, area.stride, area.height, $0, result, stride)
    }
  }

  private func down(_ area: SampleArea, to height: Int, into result: UnsafeMutablePointer<UInt8>, stride: Int) {
    Self.taps(from: area.rows, to: height).withKernelTaps {
      Self.kernels.down?(area.start, area.stride, area.width * area.channels, $0, result, stride)
    }
  }

  private static func taps(from old: SampleSpan, to new: Int) -> ResamplingTaps {
    let lengths = Lengths(old: old, new: new)
    return known.withLock { known in
      if let taps = known[lengths] { return taps }
      if known.count == mostTaps { known.removeAll() }
      let taps = ResamplingTaps(from: old, to: new)
      known[lengths] = taps
      return taps
    }
  }

  /// Calls `body` with at least `count` bytes of arbitrary content, which `memory` provides and keeps.
  static func withRoom(_ count: Int, in memory: inout [UInt8], _ body: (UnsafeMutablePointer<UInt8>) -> Void) {
    if memory.count < count { memory = [UInt8](repeating: 0, count: count) }
    memory.withUnsafeMutableBufferPointer { memory in
      if let start = memory.baseAddress { body(start) }
    }
  }
}
