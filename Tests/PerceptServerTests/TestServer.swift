import FoundationEssentials
import PerceptPlatform
import PerceptServer
import PerceptTestSupport
import Testing

/// A server on a free port of 127.0.0.1.
struct TestServer: Sendable {
  let web: WebServer<PredictionResponder>
  let port: Int

  var responder: PredictionResponder { web.responder }

  /// Runs a server while `body` runs. `body` may block.
  static func running<Value: Sendable>(
    _ responder: PredictionResponder, log: RequestLog? = nil, _ body: @escaping @Sendable (TestServer) throws -> Value
  ) async throws -> Value {
    let web = WebServer(responder, log: log)
    let (ports, port) = AsyncStream<Int>.makeStream()
    return try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask {
        defer { port.finish() }
        try await web.run(host: "127.0.0.1", port: 0) { port.yield($0) }
      }
      defer { group.cancelAll() }
      let found = await ports.first { _ in true }
      let number = try #require(found)
      return try await off { try body(TestServer(web: web, port: number)) }
    }
  }

  static func running<Value: Sendable>(
    _ limits: ServerLimits = ServerLimits(), log: RequestLog? = nil,
    _ body: @escaping @Sendable (TestServer) throws -> Value
  ) async throws -> Value {
    try await running(PredictionResponder(models: [servedModel("m", seed: 1)], limits: limits), log: log, body)
  }

  /// Waits until the server has no request, job or body and the given number of connections, at most about 10 seconds.
  func isQuiet(connections: Int = 0) -> Bool {
    wait {
      web.tracker.connections == connections && web.tracker.requests == 0 && responder.pool.count == 0
        && responder.budget.count == 0
    }
  }
}

extension HTTPSocket.Answer {
  /// The probability in the body, decoded without rounding, unlike the `json` function of the tests.
  var probability: Double? {
    get throws { try JSONDecoder().decode(ResponderTests.Body.self, from: Data(body.utf8)).probability }
  }
}

/// Waits until a condition is true, at most about 10 seconds. Returns whether it is true.
func wait(until isTrue: () -> Bool) -> Bool {
  var tries = 0
  while !isTrue() {
    tries += 1
    guard tries < 10_000 else { return false }
    usleep(1000)
  }
  return true
}
