import ArgumentParser
import Percept
import PerceptServer
import PerceptStudio

struct ServerOptions: ParsableArguments {
  /// A time > 0 in seconds, minutes or hours: `30`, `30s`, `5m`, `1h`.
  struct Time: ExpressibleByArgument {
    let value: Duration

    init(_ seconds: Int) { value = .seconds(seconds) }

    init?(argument: String) {
      let units: [Character: Double] = ["s": 1, "m": 60, "h": 3600]
      let unit = argument.last.flatMap { units[$0] }
      guard let count = Double(unit == nil ? argument[...] : argument.dropLast()), count > 0, count <= 1e6 else {
        return nil
      }
      value = .seconds(count * (unit ?? 1))
    }

    var defaultValueDescription: String { "\(value.components.seconds)s" }
  }

  /// A number of bytes > 0, such as `32M`.
  struct Size: ExpressibleByArgument {
    let value: Int

    init(mebibytes: Int) { value = mebibytes << 20 }

    init?(argument: String) {
      guard let count = ByteCount(argument), count.value > 0 else { return nil }
      value = count.value
    }

    var defaultValueDescription: String { "\(value >> 20)M" }
  }

  private static let standard = ServerLimits()

  @Option(help: "Maximum size of a request body (units: K, M, G).")
  var maxBody = Size(mebibytes: standard.bodyBytes >> 20)

  @Option(help: "Maximum total size of request bodies in memory.")
  var maxBodies = Size(mebibytes: standard.allBodiesBytes >> 20)

  @Option(help: "Maximum number of pixels in an image.")
  var maxPixels = standard.pixels

  @Option(help: "Timeout for request bodies (units: s, m, h).")
  var bodyTime = Time(Int(standard.bodyTime.components.seconds))

  @Option(help: "Timeout for predictions, including time in the queue.")
  var answerTime = Time(Int(standard.answerTime.components.seconds))

  @Option(help: "Timeout for connections without a request.")
  var idleTime = Time(Int(standard.idleTime.components.seconds))

  @Option(help: "Timeout for requests in flight after SIGTERM or Ctrl-C.")
  var drainTime = Time(Int(standard.drainTime.components.seconds))

  @Option(help: "Maximum number of open connections; others wait.")
  var connections = standard.connections

  @Option(help: "Maximum number of open connections per client address; loopback is exempt.")
  var connectionsPerAddress = standard.connectionsPerAddress

  @Option(help: "Maximum number of concurrent predictions. (default: number of processors)")
  var concurrency: Int?

  @Option(help: "Maximum number of queued predictions.")
  var queue = standard.queueLength

  @Option(help: "Maximum number of requests in flight per client address; loopback is exempt.")
  var perAddress = standard.requestsPerAddress

  func validate() throws {
    let counts = [
      ("--max-pixels", maxPixels, 1...Int.max), ("--connections", connections, 1...1_000_000),
      ("--concurrency", concurrency ?? 1, 1...1024), ("--per-address", perAddress, 1...1_000_000),
      ("--connections-per-address", connectionsPerAddress, 1...1_000_000), ("--queue", queue, 0...1_000_000),
    ]
    for (name, count, range) in counts {
      let (least, most) = (range.lowerBound, range.upperBound)
      guard count >= least else { throw ValidationError("\(name) must be ≥ \(least) (got \(count)).") }
      guard count <= most else { throw ValidationError("\(name) must be ≤ \(most) (got \(count)).") }
    }
    guard maxBodies.value >= maxBody.value else {
      throw ValidationError(
        "--max-bodies must be ≥ --max-body (got \(maxBodies.value) and \(maxBody.value) bytes).")
    }
  }

  var limits: ServerLimits {
    var limits = ServerLimits()
    (limits.bodyBytes, limits.allBodiesBytes, limits.pixels) = (maxBody.value, maxBodies.value, maxPixels)
    (limits.bodyTime, limits.answerTime) = (bodyTime.value, answerTime.value)
    (limits.idleTime, limits.drainTime) = (idleTime.value, drainTime.value)
    (limits.connections, limits.connectionsPerAddress) = (connections, connectionsPerAddress)
    (limits.requestsPerAddress, limits.queueLength) = (perAddress, queue)
    limits.concurrentPredictions = concurrency ?? limits.concurrentPredictions
    return limits
  }
}
