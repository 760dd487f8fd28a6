/// The part of a row or column of samples that is resampled. It may begin and end inside of a sample.
package struct SampleSpan: Hashable {
  /// The start, within the first sample: from 0 up to, but not including, 1.
  let start: Double
  /// The length, in samples; greater than 0.
  let length: Double

  /// Complete samples.
  package init(_ count: Int) { self.init(start: 0, length: Double(count)) }

  package init(start: Double, length: Double) {
    self.start = start
    self.length = length
  }

  /// The number of samples that are in the span, completely or partly.
  var count: Int { Int((start + length).rounded(.up)) }

  /// Whether the span begins and ends between two samples.
  var isComplete: Bool { start == 0 && length == length.rounded() }

  /// Returns the part of a sample that is in the span, from 0 to 1.
  func coverage(of sample: Int) -> Double {
    min(Double(sample + 1), start + length) - max(Double(sample), start)
  }
}

/// Samples in memory: rows of `width` pixels with `channels` samples each. Rows are `stride` samples apart.
struct SampleArea {
  let start: UnsafePointer<UInt8>
  let stride: Int
  let columns: SampleSpan
  let rows: SampleSpan
  let channels: Int

  var width: Int { columns.count }
  var height: Int { rows.count }

  func copy(into result: UnsafeMutablePointer<UInt8>, stride: Int) {
    for y in 0..<height { (result + y * stride).update(from: start + y * self.stride, count: width * channels) }
  }
}
