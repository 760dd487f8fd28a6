import PerceptServer
import PerceptImages
import PerceptModels
import PerceptTestSupport
import Testing

@Suite("WebServer, over a socket")
struct ServerTests {
  static let model = servedModel("m", seed: 1)
  let image: [UInt8]

  init() throws { image = try TestImages.photo(seed: 1, width: 30, height: 20).encodedPNG() }

  /// Runs a server and calls `body` with its port.
  static func serving<Value: Sendable>(
    _ limits: ServerLimits = ServerLimits(), _ body: @escaping @Sendable (Int) throws -> Value
  ) async throws -> Value {
    try await TestServer.running(limits) { try body($0.port) }
  }

  @Test("a connection is reused after successful, refused and chunked requests")
  func keepAlive() async throws {
    let expected = try Self.model.classifier.predict(decoding: image, named: "x")
    try await Self.serving { [image] port in
      let socket = HTTPSocket(port: port)
      for _ in 0..<3 {
        socket.send("PUT", "/predict", body: image)
        let answer = try #require(socket.answer())
        #expect(answer.status == 200 && answer.body.contains("\"probability\":\(expected.probability)"))
        socket.send("POST", "/predict", body: Array("not an image".utf8))
        #expect(socket.answer()?.status == 415)
        socket.send("GET", "/nothing")
        #expect(socket.answer()?.status == 404)
      }
      socket.send("POST /predict HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n")
      for start in stride(from: 0, to: image.count, by: 100) {
        let part = image[start..<min(start + 100, image.count)]
        socket.send(Array("\(String(part.count, radix: 16))\r\n".utf8) + part + [13, 10])
      }
      socket.send("0\r\n\r\n")
      #expect(socket.answer()?.status == 200)
    }
  }

  @Test("Expect: 100-continue gets 100, or 413 if the body would be too large")
  func expectContinue() async throws {
    var limits = ServerLimits()
    limits.bodyBytes = 10_000
    try await Self.serving(limits) { [image] port in
      let socket = HTTPSocket(port: port)
      let head = "POST /predict HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: "
      socket.send("\(head)\(image.count)\r\n\r\n")
      #expect(socket.answer()?.status == 100)
      socket.send(image)
      #expect(socket.answer()?.status == 200)
      socket.send("\(head)10001\r\n\r\n")
      let refusal = try #require(socket.answer())
      #expect(refusal.status == 413 && refusal.head.lowercased().contains("connection: close"))
      #expect(socket.isClosed())
    }
  }

  @Test("a chunked body that grows too large gets 413 while it arrives")
  func endless() async throws {
    var limits = ServerLimits()
    limits.bodyBytes = 10_000
    try await Self.serving(limits) { port in
      let socket = HTTPSocket(port: port)
      socket.send("POST /predict HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n")
      for _ in 0..<11 { socket.send(Array("3e8\r\n".utf8) + [UInt8](repeating: 1, count: 1000) + [13, 10]) }
      #expect(socket.answer()?.status == 413)
      #expect(socket.isClosed())
    }
  }

  @Test("slow bodies and heads time out while other requests are answered")
  func slow() async throws {
    var limits = ServerLimits()
    (limits.bodyTime, limits.idleTime, limits.lingeringTime) = (
      .milliseconds(200), .milliseconds(400), .milliseconds(50)
    )
    try await Self.serving(limits) { [image] port in
      let (body, head, other) = (HTTPSocket(port: port), HTTPSocket(port: port), HTTPSocket(port: port))
      body.send("POST /predict HTTP/1.1\r\nHost: x\r\nContent-Length: 100000\r\n\r\nx")
      head.send("GET / HT")
      other.send("POST", "/predict", body: image)
      #expect(other.answer()?.status == 200)
      body.send("x")
      head.send("T")
      let answer = try #require(body.answer())
      #expect(answer.status == 408 && answer.body.contains("did not arrive"))
      #expect(body.isClosed())
      #expect(head.isClosed())
    }
  }

  @Test("a refused body is still read, so that the client receives the error")
  func lingering() async throws {
    var limits = ServerLimits()
    (limits.bodyBytes, limits.lingeringTime) = (10_000, .seconds(20))
    try await TestServer.running(limits) { server in
      for headers in ["", "Connection: close\r\n"] {
        let socket = HTTPSocket(port: server.port)
        // More data than the socket buffers of both sides can hold.
        let size = 64 << 20
        socket.send("POST /predict HTTP/1.1\r\nHost: x\r\nContent-Length: \(size)\r\n\(headers)\r\n")
        let part = [UInt8](repeating: 1, count: 1 << 20)
        let isTaken = (0..<64).allSatisfy { _ in socket.send(part) }
        #expect(isTaken)
        #expect(socket.answer()?.status == 413)
        #expect(socket.isClosed())
      }
      #expect(server.isQuiet())
    }
  }

  @Test("an endless body on an unknown path is not read forever")
  func unasked() async throws {
    var limits = ServerLimits()
    limits.lingeringTime = .milliseconds(50)
    try await TestServer.running(limits) { server in
      let socket = HTTPSocket(port: server.port)
      socket.send("POST /nothing HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n")
      #expect(socket.answer()?.status == 404)
      #expect(wait { !socket.send("1\r\nx\r\n") })
      #expect(server.isQuiet())
    }
  }

  @Test("clients that disconnect at any time do not affect others")
  func leaving() async throws {
    try await Self.serving { [image] port in
      for length in [0, 1, 10, 60, 100, 500] {
        let socket = HTTPSocket(port: port)
        let request = Array("POST /predict HTTP/1.1\r\nHost: x\r\nContent-Length: 600\r\n\r\n".utf8) + image
        socket.send(Array(request.prefix(length)))
      }
      let socket = HTTPSocket(port: port)
      socket.send("POST", "/predict", body: image)
      #expect(socket.answer()?.status == 200)
    }
  }

  @Test("throws ServerError if it cannot listen")
  func cannotListen() async throws {
    let server = WebServer(PredictionResponder(models: [Self.model]))
    await #expect(throws: ServerError.self) { try await server.run(host: "192.0.2.1", port: 80) { _ in } }
  }
}
