import Files
import Glibc

/// The result of a job; members that do not apply to it are left out of the JSON.
public struct Answer: Encodable {
  /// How long the work took.
  public var seconds: Double?
  /// The part of it that every iteration takes.
  public var secondsPerIteration: Double?
  /// The cost before every iteration.
  public var costs: [Double]?
  /// The largest stable learning rate.
  public var stableLearningRate: Double?
  /// The number of images.
  public var count: Int?
  /// A checksum of their pixels.
  public var checksum: UInt32?
  /// The peak memory of this process, in bytes.
  public var peakMemory: Int?
  /// Why there is no result.
  public var error: String?

  /// A result, or why there is none.
  public init(seconds: Double? = nil, error: String? = nil) {
    (self.seconds, self.error) = (seconds, error)
  }

  /// The same with the peak memory so far.
  public var withPeakMemory: Answer {
    var copy = self
    copy.peakMemory = Self.peakMemory()
    return copy
  }

  private static func peakMemory() -> Int? {
    // Not getrusage, whose maximum includes that of the process that started this one.
    let line = LineStream.lines(of: "/proc/self/status").first { $0.hasPrefix("VmHWM:") }
    return line?.split { $0 == " " || $0 == "\t" }.dropFirst().first.flatMap { Int($0) }.map { $0 * 1024 }
  }
}

/// Seconds since some moment.
public func now() -> Double {
  var time = timespec()
  clock_gettime(CLOCK_MONOTONIC, &time)
  return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
}
