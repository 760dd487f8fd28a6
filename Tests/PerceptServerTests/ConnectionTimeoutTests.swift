import PerceptIO
import PerceptImages
import PerceptPlatform
import PerceptServer
import PerceptTestSupport
import Testing

@Suite("ConnectionTimeoutHandler and connection limits")
struct ConnectionTimeoutTests {
  @Test(
    "malformed requests and oversized headers get an error response, and the connection is closed",
    arguments: [
      ("NONSENSE\r\n\r\n", 400), ("GET / FTP/1.1\r\n\r\n", 400), ("\u{16}\u{3}\u{1}\r\n\r\n", 400),
      ("GET / HTTP/1.1\r\nno colon\r\n\r\n", 400), ("GET / HTTP/1.1\r\nContent-Length: x\r\n\r\n", 400),
      ("GET / HTTP/1.1\r\n\r\n", 400), ("GET / HTTP/1.1\r\nHost: x\r\nHost: x\r\n\r\n", 400),
      ("GET / HTTP/1.1\r\nHost: x/y\r\n\r\n", 400),
      ("PUT / HTTP/1.0\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400),
      ("PUT / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\nContent-Length: 1\r\n\r\n0\r\n\r\n", 400),
      ("PUT / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nx", 400),
      ("PUT / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n", 400),
      ("PUT / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: gzip\r\n\r\n", 400),
      ("GET / HTTP/1.1\r\nX: " + String(repeating: "y", count: 40_000) + "\r\n\r\n", 431),
      ("GET / HTTP/1.1\r\n" + String(repeating: "X: y\r\n", count: 500) + "\r\n", 431),
      ("GET / HTTP/1.1\r\n" + String(repeating: "X: " + String(repeating: "y", count: 1000) + "\r\n", count: 60), 431),
    ])
  func malformed(request: String, status: Int) async throws {
    try await TestServer.running { server in
      let socket = HTTPSocket(port: server.port)
      socket.send(request)
      let answer = try #require(socket.answer())
      #expect(answer.status == status)
      #expect((try json(answer.body)["error"] as? String)?.isEmpty == false)
      #expect(answer.head.contains("X-Request-Id: ") && answer.head.contains("Connection: close"))
      #expect(socket.isClosed())
    }
  }

  @Test("an HTTP/1.0 client without keep-alive is disconnected after the response")
  func oldClient() async throws {
    try await TestServer.running { server in
      let (plain, kept) = (HTTPSocket(port: server.port), HTTPSocket(port: server.port))
      plain.send("GET /health/live HTTP/1.0\r\n\r\n")
      #expect(plain.answer()?.status == 200)
      #expect(plain.isClosed())
      for _ in 0..<2 {
        kept.send("GET /health/live HTTP/1.0\r\nConnection: keep-alive\r\n\r\n")
        #expect(kept.answer()?.status == 200)
      }
    }
  }

  @Test("no request after one with Connection: close is answered")
  func lastRequest() async throws {
    try await TestServer.running { server in
      let socket = HTTPSocket(port: server.port)
      socket.send("GET /nothing HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\nGET / HTTP/1.1\r\nHost: x\r\n\r\n")
      #expect(socket.answer()?.status == 404)
      #expect(socket.isClosed())
      #expect(server.isQuiet())
    }
  }

  @Test("responses to HEAD have no body on any path, so the next response is read correctly")
  func head() async throws {
    try await TestServer.running(AccessTests.responder(token: "s3cret")) { server in
      let socket = HTTPSocket(port: server.port)
      for path in ["/", "/nothing", "/predict", "/metrics", "/openapi.json", "/health/live", "/models/x/predict"] {
        for authorization in ["", "Authorization: Bearer s3cret\r\n"] {
          let other = HTTPSocket(port: server.port)
          other.send("HEAD", path, headers: authorization)
          let answer = try #require(other.head())
          if answer.head.contains("Connection: close") {
            #expect(other.isClosed(), "\(path)")
          } else {
            other.send("GET", "/health/live")
            #expect(other.answer()?.body == "{\"status\":\"live\"}\n", "\(path)")
          }
        }
      }
      socket.send("GET", "/health/live")
      #expect(socket.answer()?.status == 200)
    }
  }

  @Test("a connection over the limit of its address gets 429 at once, and others are accepted when one ends")
  func connectionsPerAddress() async throws {
    var limits = ServerLimits()
    (limits.connectionsPerAddress, limits.countsLoopback) = (2, true)
    try await TestServer.running(limits) { server in
      var sockets = (0..<2).map { _ in HTTPSocket(port: server.port) }
      for socket in sockets {
        socket.send("GET", "/health/live")
        #expect(socket.answer()?.status == 200)
      }
      let third = HTTPSocket(port: server.port)
      let answer = try #require(third.answer())
      #expect(answer.status == 429 && answer.head.contains("Retry-After: 1") && answer.body.contains("2 open"))
      #expect(third.isClosed())
      sockets.removeLast()
      #expect(server.isQuiet(connections: 1))
      let fourth = HTTPSocket(port: server.port)
      fourth.send("GET", "/metrics")
      #expect(fourth.answer()?.body.contains(#"percept_http_requests_total{route="none",status="429"} 1"#) == true)
    }
  }

  @Test("malformed input after a request is answered after it, and a malformed body gets 400")
  func malformedLater() async throws {
    try await TestServer.running { server in
      let socket = HTTPSocket(port: server.port)
      socket.send("GET /health/live HTTP/1.1\r\nHost: x\r\n\r\nNONSENSE\r\n\r\n")
      #expect(socket.answer()?.status == 200)
      #expect(socket.answer()?.status == 400)
      #expect(socket.isClosed())
      let other = HTTPSocket(port: server.port)
      other.send("POST /predict HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n")
      let answer = try #require(other.answer())
      #expect(answer.status == 400 && answer.body.contains("not a valid HTTP request"))
      #expect(other.isClosed())
    }
  }

  @Test("a request head that arrives byte by byte times out, and so does an idle connection")
  func slowHead() async throws {
    var limits = ServerLimits()
    limits.idleTime = .milliseconds(200)
    try await TestServer.running(limits) { server in
      let (drip, silent, used) = (
        HTTPSocket(port: server.port), HTTPSocket(port: server.port), HTTPSocket(port: server.port)
      )
      used.send("GET", "/health/live")
      #expect(used.answer()?.status == 200)
      drip.send("GET / HTTP/1.1\r\nX: ")
      // Each byte arrives before the timeout, so only a deadline for the whole head closes the connection.
      #expect(
        wait {
          usleep(10_000)
          return !drip.send("y")
        })
      #expect(silent.isClosed())
      #expect(used.isClosed())
      #expect(server.isQuiet())
    }
  }

  @Test("a body that exceeds the budget of all bodies gets 503; the budget is released when other requests end")
  func budget() async throws {
    var limits = ServerLimits()
    (limits.bodyBytes, limits.allBodiesBytes) = (50_000, 60_000)
    try await TestServer.running(limits) { server in
      let first = HTTPSocket(port: server.port)
      let head = "POST /predict HTTP/1.1\r\nHost: x\r\nContent-Length: 50000\r\n\r\n"
      first.send(head)
      first.send([UInt8](repeating: 1, count: 40_000))
      #expect(wait { server.responder.budget.count == 40_000 })
      let second = HTTPSocket(port: server.port)
      second.send(head)
      second.send([UInt8](repeating: 1, count: 50_000))
      let answer = try #require(second.answer())
      #expect(answer.status == 503 && answer.head.contains("Retry-After: 1"))
      #expect(second.isClosed())
      first.send([UInt8](repeating: 1, count: 10_000))
      #expect(first.answer()?.status == 415)
      #expect(server.isQuiet(connections: 1))
      let third = HTTPSocket(port: server.port)
      third.send(head)
      third.send([UInt8](repeating: 1, count: 50_000))
      #expect(third.answer()?.status == 415)
    }
  }

  @Test("an address over its limit of requests in flight gets 429; health checks are exempt")
  func perAddress() async throws {
    var limits = ServerLimits()
    (limits.requestsPerAddress, limits.countsLoopback) = (2, true)
    try await TestServer.running(limits) { server in
      let sockets = (0..<2).map { _ in HTTPSocket(port: server.port) }
      for socket in sockets { socket.send("POST /predict HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\n\r\n") }
      #expect(wait { server.web.tracker.requests == 2 })
      let third = HTTPSocket(port: server.port)
      third.send("GET", "/health/ready")
      #expect(third.answer()?.status == 200)
      // The limiter counts a request shortly after its head has arrived.
      #expect(wait { Self.page(server.port)?.status == 429 })
      let answer = try #require(Self.page(server.port))
      #expect(
        answer.status == 429 && answer.head.contains("Retry-After: 1")
          && answer.body.contains("2 requests"))
      for socket in sockets {
        socket.send("x")
        #expect(socket.answer()?.status == 415)
      }
      let fourth = HTTPSocket(port: server.port)
      fourth.send("GET", "/")
      #expect(fourth.answer()?.status == 200)
    }
  }

  static func page(_ port: Int) -> HTTPSocket.Answer? {
    let socket = HTTPSocket(port: port)
    socket.send("GET", "/")
    return socket.answer()
  }

  @Test("an upload that is cut off at any byte leaks no connection, memory or file descriptor")
  func cuts() async throws {
    let image = try TestImages.photo(seed: 1, width: 6, height: 5).encodedPNG()
    let form =
      MultipartTests.part("Content-Disposition: form-data; name=\"i\"; filename=\"a\"", image) + MultipartTests.end
    let type = "Content-Type: \(MultipartTests.type)\r\n"
    let requests = [("", image), (type, form)].map { header, body in
      Array("POST /predict HTTP/1.1\r\nHost: x\r\n\(header)Content-Length: \(body.count)\r\n\r\n".utf8) + body
    }
    try await TestServer.running { server in
      let before = try openDescriptors()
      for request in requests {
        for length in request.indices {
          let socket = HTTPSocket(port: server.port)
          socket.send(Array(request[..<length]))
        }
        let socket = HTTPSocket(port: server.port)
        socket.send(request)
        #expect(socket.answer()?.status == 200)
      }
      #expect(server.isQuiet())
      #expect(wait { (try? openDescriptors()) ?? .max <= before + 8 })
    }
  }
}

/// Returns the number of open file descriptors of this process. Tests that run in parallel also have some.
private func openDescriptors() throws -> Int { try FileSystem.names(inFolder: "/proc/self/fd").count }
