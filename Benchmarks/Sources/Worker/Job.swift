import Glibc
import Percept

/// Something to measure.
protocol Job: Decodable {
  /// Does the work and times it.
  func run(_ datasets: inout Datasets) throws -> Answer
}

/// What came of a job; what does not apply to it stays away from the JSON.
struct Answer: Encodable {
  /// How long the work took.
  var seconds: Double?
  /// The part of it that every iteration takes.
  var secondsPerIteration: Double?
  /// The cost before every iteration.
  var costs: [Double]?
  /// The largest stable learning rate.
  var stableLearningRate: Double?
  /// How many pictures, and a number that no other pixels have but by chance.
  var count: Int?
  var fingerprint: UInt64?
  /// The most memory that this process has had, in bytes.
  var peakMemory: Int?
  /// Why there is no result.
  var error: String?

  var withPeakMemory: Answer {
    var copy = self
    copy.peakMemory = Self.peakMemory()
    return copy
  }

  private static func peakMemory() -> Int? {
    guard let status = try? Files.read("/proc/self/status") else { return nil }
    let lines = String(decoding: status, as: UTF8.self).split(separator: "\n")
    let kilobytes = lines.first { $0.hasPrefix("VmHWM:") }?.split(whereSeparator: { $0 == " " || $0 == "\t" })[1]
    return kilobytes.flatMap { Int($0) }.map { $0 * 1024 }
  }
}

/// The data that jobs share, read once.
struct Datasets {
  private var read: [String: Dataset] = [:]

  /// The training part of what stands at a path, or all of it, or its first `count` examples.
  mutating func dataset(_ path: String, classes: String?, count: Int?) throws -> Dataset {
    let key = "\(path) \(classes ?? "")"
    let whole =
      try read[key]
      ?? {
        let selection = try classes.map { try ClassSelection($0) } ?? .all
        let all = try Dataset(DataSource(path, classes: selection))
        return all.part(.training) ?? all
      }()
    read[key] = whole
    return count.map { whole.subset(Array(0..<$0)) } ?? whole
  }
}

/// Seconds since some moment.
func now() -> Double {
  var time = timespec()
  clock_gettime(CLOCK_MONOTONIC, &time)
  return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
}
