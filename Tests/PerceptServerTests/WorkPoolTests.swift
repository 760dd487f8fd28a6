import PerceptServer
import Dispatch
import HTTPTypes
import Hummingbird
import PerceptImages
import Testing

@Suite("Work that takes long")
struct WorkPoolTests {
  @Test("who waits too long is told so, whether work has begun or not, and its place is taken until it ends")
  func overdue() async throws {
    var limits = ServerLimits()
    (limits.concurrentPredictions, limits.queueLength, limits.answerTime) = (1, 1, .milliseconds(100))
    let responder = ResponderTests.responder(limits: limits)
    let pool = responder.responder.pool
    let (threshold, image) = (DispatchSemaphore(value: 0), try ResponderTests.image.encodedPNG())
    let long = Task { try await pool.run { threshold.wait() } }
    while pool.count < 1 { await Task.yield() }
    let (waiting, reason) = try await ResponderTests.ask(responder, .post, "/predict", image)
    #expect(waiting.status == .serviceUnavailable && waiting.headers[.retryAfter] == "1")
    #expect(reason.error?.contains("turn") == true)
    await #expect(throws: (any Error).self) { try await long.value }
    // Nobody waits any more, and yet both places are taken.
    #expect(pool.count == 2)
    let (full, _) = try await ResponderTests.ask(responder, .post, "/predict", image)
    #expect(full.status == .serviceUnavailable)
    threshold.signal()
    while pool.count > 0 { await Task.yield() }
    #expect(try await ResponderTests.ask(responder, .post, "/predict", image).response.status == .ok)
  }
}
