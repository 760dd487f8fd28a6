import PerceptServer
import Dispatch
import HTTPTypes
import Hummingbird
import PerceptImages
import Testing

@Suite("WorkPool")
struct WorkPoolTests {
  @Test("jobs fail at their deadline, running or waiting, and occupy their places until they end")
  func overdue() async throws {
    var limits = ServerLimits()
    (limits.concurrentPredictions, limits.queueLength, limits.answerTime) = (1, 1, .milliseconds(100))
    let responder = ResponderTests.responder(limits: limits)
    let pool = responder.responder.pool
    let (gate, image) = (DispatchSemaphore(value: 0), try ResponderTests.image.encodedPNG())
    let long = Task { try await pool.run { gate.wait() } }
    while pool.count < 1 { await Task.yield() }
    let (waiting, reason) = try await ResponderTests.ask(responder, .post, "/predict", image)
    #expect(waiting.status == .serviceUnavailable && waiting.headers[.retryAfter] == "1")
    #expect(reason.error?.contains("queue") == true)
    await #expect(throws: (any Error).self) { try await long.value }
    // No caller waits any more, but both places are still occupied.
    #expect(pool.count == 2)
    let (full, _) = try await ResponderTests.ask(responder, .post, "/predict", image)
    #expect(full.status == .serviceUnavailable)
    gate.signal()
    while pool.count > 0 { await Task.yield() }
    #expect(try await ResponderTests.ask(responder, .post, "/predict", image).response.status == .ok)
  }
}
