import FoundationEssentials
import PerceptDatasets
import PerceptIO
import PerceptPlatform

/// Groups near-duplicates, timed: reads one request per line, a JSON object, and answers with one line of JSON, like the worker
/// of the other benchmarks. It is a target of the package Percept because hashes are not public.
@main
struct HashBenchmark {
  static func main() throws {
    while let line = readLine() {
      let answer: Answer
      do {
        answer = try JSONDecoder().decode(GroupingJob.self, from: Data(line.utf8)).run()
      } catch {
        answer = Answer(error: "\(error)")
      }
      print(String(decoding: try JSONEncoder().encode(answer), as: UTF8.self))
      fflush(nil)
    }
  }
}

/// The result of a job; members that do not apply to it are left out of the JSON.
struct Answer: Encodable {
  /// How long the grouping took.
  var seconds: Double?
  /// The number of hashes.
  var count: Int?
  /// The number of groups.
  var groupCount: Int?
  /// A checksum of the groups of all images.
  var checksum: String?
  /// The peak memory of this process, in bytes.
  var peakMemory = Self.peakMemoryNow()
  /// Why there is no result.
  var error: String?

  private static func peakMemoryNow() -> Int? {
    // Not getrusage, whose maximum includes that of the process that started this one.
    let status = (try? FileSystem.read("/proc/self/status")).map { String(decoding: $0, as: UTF8.self) }
    let line = status?.split(separator: "\n").first { $0.hasPrefix("VmHWM:") }
    return line?.split { $0 == " " || $0 == "\t" }.dropFirst().first.flatMap { Int($0) }.map { $0 * 1024 }
  }
}
