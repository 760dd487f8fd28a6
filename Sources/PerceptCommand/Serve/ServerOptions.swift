import ArgumentParser
import Percept
import PerceptServer
import PerceptStudio

/// What a server takes from those who ask.
struct ServerOptions: ParsableArguments {
  /// A time above zero: `30`, `30s`, `5m`, `1h`.
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

  /// Bytes above zero: `32M`.
  struct Size: ExpressibleByArgument {
    let value: Int

    init(mebibytes: Int) { value = mebibytes << 20 }

    init?(argument: String) {
      guard let count = ByteCount(argument), count.value > 0 else { return nil }
      value = count.value
    }

    var defaultValueDescription: String { "\(value >> 20)M" }
  }

  private static let usual = ServerLimits()

  @Option(help: "The largest body of a request: bytes, or with K, M or G behind them.")
  var maxBody = Size(mebibytes: usual.bodyBytes >> 20)

  @Option(help: "What all bodies that are held at a time may take together; 503 beyond.")
  var maxBodies = Size(mebibytes: usual.allBodiesBytes >> 20)

  @Option(help: "The most pixels of a picture.")
  var maxPixels = usual.pixels

  @Option(help: "How long a body may take to arrive (408 beyond), or an answer to be taken: 30s, 5m, 1h.")
  var bodyTime = Time(Int(usual.bodyTime.components.seconds))

  @Option(help: "How long a picture may wait and be judged; 503 or 504 beyond.")
  var answerTime = Time(Int(usual.answerTime.components.seconds))

  @Option(help: "How long a connection may stay without a whole head of a request.")
  var idleTime = Time(Int(usual.idleTime.components.seconds))

  @Option(help: "How long requests under way may take after SIGTERM or Ctrl-C.")
  var drainTime = Time(Int(usual.drainTime.components.seconds))

  @Option(help: "How many connections are open at a time; more wait.")
  var connections = usual.connections

  @Option(help: "How many pictures are judged at a time. (default: as many as there are processors)")
  var concurrency: Int?

  @Option(help: "How many pictures wait besides; 503 beyond.")
  var queue = usual.queueLength

  @Option(
    help: "How many requests of one address are under way at a time, 429 beyond; this machine's own do not count.")
  var perAddress = usual.requestsPerAddress

  func validate() throws {
    let counts = [
      ("--max-pixels", maxPixels), ("--connections", connections), ("--concurrency", concurrency ?? 1),
      ("--per-address", perAddress),
    ]
    for (name, count) in counts where count < 1 { throw ValidationError("\(name) is at least 1.") }
    guard queue >= 0 else { throw ValidationError("--queue is at least 0.") }
    guard maxBodies.value >= maxBody.value else {
      throw ValidationError("--max-bodies is at least --max-body, or no body of that size could ever come.")
    }
  }

  var limits: ServerLimits {
    var limits = ServerLimits()
    (limits.bodyBytes, limits.allBodiesBytes, limits.pixels) = (maxBody.value, maxBodies.value, maxPixels)
    (limits.bodyTime, limits.answerTime) = (bodyTime.value, answerTime.value)
    (limits.idleTime, limits.drainTime) = (idleTime.value, drainTime.value)
    (limits.connections, limits.requestsPerAddress, limits.queueLength) = (connections, perAddress, queue)
    limits.concurrentPredictions = concurrency ?? limits.concurrentPredictions
    return limits
  }
}
