import Dispatch
import HTTPTypes
import Hummingbird
import Logging
import NIOCore
import NIOEmbedded
import PerceptImages
import PerceptModels
import PerceptPlatform
import PerceptServer
import PerceptTestSupport
import Synchronization
import Testing

@Suite("Connections")
struct ConnectionTests {
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

  @Test("while two clients pipeline thousands of requests, another client is answered")
  func greedy() async throws {
    try await TestServer.running { server in
      let (total, clients) = (20_000, DispatchGroup())
      for _ in 0..<2 {
        let socket = HTTPSocket(port: server.port)
        DispatchQueue(label: "sender").async(group: clients) {
          let request = Array("GET /nothing HTTP/1.1\r\nHost: x\r\n\r\n".utf8)
          for _ in 0..<total / 1000 { socket.send(Array(repeatElement(request, count: 1000).joined())) }
          socket.finish()
        }
        DispatchQueue(label: "reader").async(group: clients) { socket.discard() }
      }
      let other = HTTPSocket(port: server.port)
      func answered() -> Int {
        other.send("GET", "/metrics")
        let line = other.answer()?.body.firstMatch(of: /percept_http_requests_total{route="none",status="404"} (\d+)/)
        return line.flatMap { Int($0.output.1) } ?? 0
      }
      #expect(wait { answered() > 0 })
      #expect(answered() < 2 * total)
      clients.wait()
      #expect(answered() == 2 * total)
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
    #expect(lines.compactMap { $0["reason"] as? String } == ["the client disconnected before the response"])
  }

  @Test("a body is read no faster than it is consumed")
  func backPressure() async throws {
    let gate = AsyncStream<Void>.makeStream()
    let total = Mutex(0)
    let connection = try await TestConnection { request in
      for await _ in gate.stream {}
      let body = try? await request.body.collect(upTo: .max)
      total.withLock { $0 = body?.readableBytes ?? -1 }
      return Response(status: .ok)
    }
    try await connection.receive("PUT / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n")
    var parts = 0
    while await connection.wantsToRead(), parts < 100 {
      try await connection.receive("3e8\r\n" + String(repeating: "x", count: 1000) + "\r\n")
      parts += 1
    }
    #expect((1...20).contains(parts))
    gate.continuation.finish()
    #expect(await connection.turns { connection.reads.load(ordering: .relaxed) > 0 })
    try await connection.receive("0\r\n\r\n")
    #expect(await connection.turns { total.withLock { $0 } == 1000 * parts })
    await connection.close()
  }

  @Test("no further responses are made while the client does not read")
  func slowReader() async throws {
    let answered = Atomic(0)
    let connection = try await TestConnection { _ in
      answered.add(1, ordering: .relaxed)
      return Response(status: .ok)
    }
    try await connection.setWritable(false)
    for _ in 0..<20 { try await connection.receive("GET / HTTP/1.1\r\nHost: x\r\n\r\n") }
    #expect(await !connection.turns { answered.load(ordering: .relaxed) > 1 })
    #expect(await !connection.wantsToRead())
    try await connection.setWritable(true)
    #expect(await connection.turns { answered.load(ordering: .relaxed) == 20 })
    #expect(await connection.turns { connection.reads.load(ordering: .relaxed) > 0 })
    await connection.close()
  }

  @Test("a connection that the server accepts but never handles is closed")
  func neverHandled() async throws {
    let (channel, logger) = (NIOAsyncTestingChannel(), Logger(label: "test"))
    let setup = TestConnection.setup { _ in Response(status: .ok) }
    _ = try await channel.testingEventLoop.executeInContext { setup.setup(channel: channel, logger: logger) }.get()
    let isClosed = Atomic(false)
    channel.closeFuture.whenComplete { _ in isClosed.store(true, ordering: .relaxed) }
    #expect(await TestConnection.turns(of: channel) { isClosed.load(ordering: .relaxed) })
  }
}

/// A connection without a socket: the test sends bytes and runs its event loop.
private final class TestConnection: Sendable {
  let channel = NIOAsyncTestingChannel()
  /// The number of times that the connection has read from its socket.
  let reads = Atomic(0)
  private let task: Task<Void, Never>

  static func setup(respond: @escaping @Sendable (Request) async -> Response) -> ConnectionSetup {
    ConnectionSetup(
      limits: ServerLimits(), tracker: ConnectionTracker(), refuse: { refusal, _ in Response(refusal) },
      admitsBody: { _ in true }, respond: { request, _ in await respond(request) })
  }

  init(respond: @escaping @Sendable (Request) async -> Response) async throws {
    let setup = Self.setup(respond: respond)
    let logger = Logger(label: "test")
    let channel = channel
    let value = try await channel.testingEventLoop.executeInContext {
      setup.setup(channel: channel, logger: logger)
    }.get()
    task = Task { await setup.handle(value: value, logger: logger) }
    let counter = ReadCounter(self)
    try await channel.testingEventLoop.executeInContext {
      try channel.pipeline.syncOperations.addHandler(counter, position: .first)
    }
  }

  func receive(_ text: String) async throws {
    try await channel.writeInbound(ByteBuffer(string: text))
    await channel.testingEventLoop.run()
  }

  func setWritable(_ isWritable: Bool) async throws {
    channel.isWritable = isWritable
    try await channel.testingEventLoop.executeInContext { [channel] in
      channel.pipeline.fireChannelWritabilityChanged()
    }
  }

  /// Runs the event loop until a condition is true, at most 1000 times. Returns whether it is true.
  func turns(until isTrue: () -> Bool) async -> Bool { await Self.turns(of: channel, until: isTrue) }

  static func turns(of channel: NIOAsyncTestingChannel, until isTrue: () -> Bool) async -> Bool {
    for _ in 0..<1000 where !isTrue() {
      await channel.testingEventLoop.run()
      await Task.yield()
    }
    return isTrue()
  }

  /// Triggers a read and returns whether it reaches the socket.
  func wantsToRead() async -> Bool {
    reads.store(0, ordering: .relaxed)
    try? await channel.testingEventLoop.executeInContext { [channel] in channel.pipeline.read() }
    return reads.load(ordering: .relaxed) == 1
  }

  func close() async {
    _ = try? await channel.finish()
    await task.value
  }

  /// Counts read calls in place of a socket.
  private final class ReadCounter: ChannelOutboundHandler, Sendable {
    typealias OutboundIn = ByteBuffer
    unowned let connection: TestConnection

    init(_ connection: TestConnection) { self.connection = connection }

    func read(context: ChannelHandlerContext) { connection.reads.add(1, ordering: .relaxed) }
  }
}
