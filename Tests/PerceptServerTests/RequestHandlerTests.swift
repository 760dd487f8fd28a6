import PerceptServer
import Dispatch
import Glibc
import HTTPTypes
import Hummingbird
import NIOCore
import NIOEmbedded
import NIOHTTPTypes
import PerceptImages
import PerceptModels
import PerceptTestSupport
import Synchronization
import Testing

@Suite("RequestHandler")
struct RequestHandlerTests {
  let image: [UInt8]

  /// A request for a prediction.
  let put: [UInt8]

  init() throws {
    image = try TestImages.photo(seed: 1, width: 30, height: 20).encodedPNG()
    put = Array("PUT /predict HTTP/1.1\r\nHost: x\r\nContent-Length: \(image.count)\r\n\r\n".utf8) + image
  }

  @Test("pipelined requests are answered in order")
  func pipelined() async throws {
    try await TestServer.running { [put] server in
      let socket = HTTPSocket(port: server.port)
      let get = Array("GET /nothing HTTP/1.1\r\nHost: x\r\n\r\n".utf8)
      let rounds = 300
      DispatchQueue(label: "sender").async {
        for _ in 0..<rounds { socket.send(put + get + get + put + get) }
      }
      for round in 0..<rounds {
        let found = (0..<5).map { _ in socket.answer()?.status }
        guard found == [200, 404, 404, 200, 404] else {
          Issue.record("\(found) in round \(round)")
          return
        }
      }
      #expect(server.isQuiet(connections: 1))
    }
  }

  @Test("after a client closes its side, its requests are answered and the connection is closed")
  func halfClosed() async throws {
    try await TestServer.running { [image] server in
      let asking = HTTPSocket(port: server.port)
      asking.send("PUT", "/predict", body: image)
      asking.send("GET", "/health/live")
      asking.finish()
      #expect(asking.answer()?.status == 200)
      #expect(asking.answer()?.status == 200)
      #expect(asking.isClosed())
      let silent = HTTPSocket(port: server.port)
      silent.finish()
      #expect(silent.isClosed())
      let cut = HTTPSocket(port: server.port)
      cut.send("PUT /predict HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\nx")
      cut.finish()
      let answer = try #require(cut.answer())
      #expect(answer.status == 400 && answer.body.contains("closed before"))
      #expect(cut.isClosed())
      #expect(server.isQuiet())
    }
  }

  @Test("many responses arrive complete at a slow client that has closed its side")
  func slowlyTaken() async throws {
    try await TestServer.running { server in
      let socket = HTTPSocket(port: server.port)
      socket.send("GET", "/")
      let expected = try #require(socket.answer()).body
      // More data than the socket buffers of both sides can hold.
      let count = 12_000_000 / expected.utf8.count
      DispatchQueue(label: "sender").async {
        for _ in 0..<count { socket.send("GET", "/") }
        socket.finish()
      }
      usleep(200_000)
      #expect((0..<count).allSatisfy { _ in socket.answer()?.body == expected })
      #expect(socket.isClosed())
      #expect(server.isQuiet())
    }
  }

  @Test("an error in a request does not affect the response to the request before it")
  func wrongBehind() async throws {
    try await TestServer.running { [put] server in
      for (bad, reason) in [
        ("Transfer-Encoding: chunked\r\n\r\nZZ\r\n", "not a valid HTTP request"),
        ("Content-Length: 50\r\n\r\nx", "closed before"),
      ] {
        let socket = HTTPSocket(port: server.port)
        socket.send(put + Array("PUT /predict HTTP/1.1\r\nHost: x\r\n\(bad)".utf8))
        socket.finish()
        let (first, second) = (try #require(socket.answer()), try #require(socket.answer()))
        #expect(first.status == 200 && !first.head.contains("Connection: close"))
        #expect(second.status == 400 && second.body.contains(reason) && second.head.contains("Connection: close"))
        #expect(socket.isClosed())
      }
      let last = HTTPSocket(port: server.port)
      last.send("GET /health/live HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\nNONSENSE\r\n\r\n")
      #expect(last.answer()?.head.contains("Connection: close") == true)
      #expect(last.isClosed())
      #expect(server.isQuiet())
    }
  }

  @Test("a client that never reads its responses is disconnected")
  func neverTaken() async throws {
    var limits = ServerLimits()
    limits.bodyTime = .milliseconds(300)
    try await TestServer.running(limits) { server in
      let socket = HTTPSocket(port: server.port)
      DispatchQueue(label: "sender").async {
        for _ in 0..<20_000 { socket.send("GET", "/") }
      }
      #expect(wait { server.web.tracker.requests > 0 })
      #expect(server.isQuiet())
    }
  }

  @Test("a large body arrives complete")
  func large() async throws {
    let image = try TestImages.noise(seed: 3, width: 1500, height: 1000).encodedPNG()
    #expect(image.count > 4_000_000)
    let expected = try servedModel("m", seed: 1).classifier.predict(decoding: image, named: "x")
    try await TestServer.running { server in
      let socket = HTTPSocket(port: server.port)
      for _ in 0..<3 {
        socket.send("PUT", "/predict", body: image)
        let answer = try #require(socket.answer())
        #expect(try answer.probability == expected.probability)
      }
      #expect(server.isQuiet(connections: 1))
    }
  }

  @Test("an image in the queue is not classified if its connection is reset")
  func left() async throws {
    var limits = ServerLimits()
    limits.concurrentPredictions = 1
    let lines = try await AccessTests.lines(least: .warning) { log in
      try await TestServer.running(limits, log: log) { [image] server in
        let (gate, begun) = (DispatchSemaphore(value: 0), DispatchSemaphore(value: 0))
        Task {
          try await server.responder.pool.run {
            begun.signal()
            gate.wait()
          }
        }
        begun.wait()
        var socket: HTTPSocket? = HTTPSocket(port: server.port)
        socket?.send("PUT", "/predict", body: image)
        #expect(wait { server.responder.pool.count == 2 })
        socket?.reset()
        socket = nil
        let other = HTTPSocket(port: server.port)
        func metrics() -> String {
          other.send("GET", "/metrics")
          return other.answer()?.body ?? ""
        }
        #expect(wait { metrics().contains(#"percept_http_requests_total{route="/predict",status="499"} 1"#) })
        gate.signal()
        #expect(server.isQuiet(connections: 1))
        #expect(!metrics().contains("percept_predictions_total{"))
      }
    }
    #expect(lines.map { $0["reason"] as? String } == ["the client disconnected before the response"])
  }

  @Test("a body is read no faster than it is consumed")
  func backPressure() async throws {
    let gate = AsyncStream<Void>.makeStream()
    let total = Mutex(0)
    let (channel, reads) = try await Self.channel { request, _ in
      for await _ in gate.stream {}
      let body = try? await request.body.collect(upTo: .max)
      total.withLock { $0 = body?.readableBytes ?? -1 }
      return Response(status: .ok)
    }
    let head = HTTPRequest(method: .put, scheme: "http", authority: "x", path: "/")
    try await channel.writeInbound(HTTPRequestPart.head(head))
    var parts = 0
    while await reads.passes(on: channel), parts < 100 {
      try await channel.writeInbound(HTTPRequestPart.body(ByteBuffer(repeating: 1, count: 1000)))
      parts += 1
    }
    #expect((1...8).contains(parts))
    gate.continuation.finish()
    #expect(await Self.turns(of: channel) { reads.count.load(ordering: .relaxed) > 0 })
    try await channel.writeInbound(HTTPRequestPart.end(nil))
    #expect(await Self.turns(of: channel) { total.withLock { $0 } == 1000 * parts })
    _ = try await channel.finish()
  }

  @Test("no further responses are made while the client does not read")
  func slowReader() async throws {
    let answered = Atomic(0)
    let (channel, reads) = try await Self.channel { _, _ in
      answered.add(1, ordering: .relaxed)
      return Response(status: .ok)
    }
    channel.isWritable = false
    for _ in 0..<3 {
      let head = HTTPRequest(method: .get, scheme: "http", authority: "x", path: "/")
      try await channel.writeInbound(HTTPRequestPart.head(head))
      try await channel.writeInbound(HTTPRequestPart.end(nil))
    }
    #expect(await !Self.turns(of: channel) { answered.load(ordering: .relaxed) > 0 })
    #expect(await !reads.passes(on: channel))
    channel.isWritable = true
    try await channel.testingEventLoop.executeInContext { channel.pipeline.fireChannelWritabilityChanged() }
    #expect(await Self.turns(of: channel) { answered.load(ordering: .relaxed) == 3 })
    #expect(await reads.passes(on: channel))
    _ = try await channel.finish()
  }

  /// Makes a channel with a handler that calls `respond`, without a socket.
  private static func channel(
    respond: @escaping RequestHandler.Respond
  ) async throws -> (NIOAsyncTestingChannel, ReadCounter) {
    let (channel, reads) = (NIOAsyncTestingChannel(), ReadCounter())
    try await channel.testingEventLoop.executeInContext {
      try channel.pipeline.syncOperations.addHandlers(
        reads, RequestHandler(channel, admitsBody: { _ in true }, respond: respond))
    }
    return (channel, reads)
  }

  /// Runs the channel's event loop until a condition is true, at most 1000 times. Returns whether it is true.
  private static func turns(of channel: NIOAsyncTestingChannel, until isTrue: () -> Bool) async -> Bool {
    for _ in 0..<1000 where !isTrue() {
      await channel.testingEventLoop.run()
      await Task.yield()
    }
    return isTrue()
  }

  /// Counts read calls in place of a socket.
  final class ReadCounter: ChannelOutboundHandler, Sendable {
    typealias OutboundIn = HTTPResponsePart
    let count = Atomic<Int>(0)

    func read(context: ChannelHandlerContext) { count.add(1, ordering: .relaxed) }

    /// Triggers a read and returns whether it reaches the socket.
    func passes(on channel: NIOAsyncTestingChannel) async -> Bool {
      count.store(0, ordering: .relaxed)
      try? await channel.testingEventLoop.executeInContext { channel.pipeline.read() }
      return count.load(ordering: .relaxed) == 1
    }
  }
}
