import Datasets
import Files
import FoundationEssentials
import Images
import Metrics
import Training

/// Ours, measured inside a process that lives on: reads one request per line, a JSON object whose `work` names a job, and
/// answers with one line of JSON. `peers/worker.py` is its twin for theirs.
@main
struct Worker {
  static func main() throws {
    var datasets = LoadedDatasets()
    while let line = LineStream.read() {
      let answer: Answer
      do {
        answer = try run(line, &datasets)
      } catch {
        answer = Answer(error: "\(error)")
      }
      LineStream.write(Array(try JSONEncoder().encode(answer.withPeakMemory)))
    }
  }

  private static func run(_ line: [UInt8], _ datasets: inout LoadedDatasets) throws -> Answer {
    let (decoder, request) = (JSONDecoder(), Data(line))
    return switch try decoder.decode(Request.self, from: request).work {
    case .train: try decoder.decode(TrainJob.self, from: request).run(&datasets)
    case .load: try decoder.decode(LoadJob.self, from: request).run()
    case .bandwidth: try decoder.decode(BandwidthJob.self, from: request).run()
    }
  }
}

private struct Request: Decodable {
  enum Work: String, Decodable {
    case train, load, bandwidth
  }

  let work: Work
}
