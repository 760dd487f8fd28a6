import FoundationEssentials
import Glibc

/// Ours, measured inside a process that lives on: reads one request per line, a JSON object whose `work` names a job, and
/// answers with one line of JSON. `peers/worker.py` is its twin for theirs.
@main
struct Worker {
  static func main() throws {
    var datasets = Datasets()
    while let line = readLine() {
      let answer: Answer
      do {
        answer = try job(Array(line.utf8)).run(&datasets)
      } catch {
        answer = Answer(error: "\(error)")
      }
      try write(answer)
    }
  }

  private static func job(_ line: [UInt8]) throws -> any Job {
    let decoder = JSONDecoder()
    let request = Data(line)
    return switch try decoder.decode(Request.self, from: request).work {
    case .train: try decoder.decode(TrainJob.self, from: request)
    case .load: try decoder.decode(LoadJob.self, from: request)
    case .bandwidth: try decoder.decode(BandwidthJob.self, from: request)
    }
  }

  private static func write(_ answer: Answer) throws {
    var line = Array(try JSONEncoder().encode(answer.withPeakMemory))
    line.append(UInt8(ascii: "\n"))
    var rest = line[...]
    while !rest.isEmpty {
      let written = rest.withUnsafeBytes { Glibc.write(STDOUT_FILENO, $0.baseAddress, $0.count) }
      guard written > 0 else { exit(1) }
      rest = rest.dropFirst(written)
    }
  }
}

private struct Request: Decodable {
  enum Work: String, Decodable {
    case train, load, bandwidth
  }

  let work: Work
}
