import Logging
import PerceptIO
import PerceptImages
import PerceptPlatform
import PerceptServer
import PerceptTestSupport
import Testing

@Suite("Access: bearer tokens and request logs")
struct AccessTests {
  static let model = servedModel("secret name", seed: 1)

  static func responder(token: String) throws -> PredictionResponder {
    let token: Token = try #require(Token(token))
    return PredictionResponder(repository: ModelRepository([model]), token: token)
  }

  @Test("without the bearer token, only health checks and the demo page without model names are answered")
  func token() async throws {
    let image = try TestImages.photo(seed: 1, width: 30, height: 20).encodedPNG()
    try await TestServer.running(Self.responder(token: "s3cret")) { server in
      let wrong = [
        "", "Bearer", "Bearer ", "Bearer s3cre", "Bearer s3crets", "Bearer S3CRET", "Basic s3cret", "s3cret",
      ]
      for sent in wrong {
        for (method, path) in [("PUT", "/predict"), ("GET", "/nothing"), ("DELETE", "/models/health/predict")] {
          let socket = HTTPSocket(port: server.port)
          socket.send(method, path, headers: sent.isEmpty ? "" : "Authorization: \(sent)\r\n", body: image)
          let answer = try #require(socket.answer())
          #expect(answer.status == 401 && answer.head.contains("WWW-Authenticate: Bearer"), "\(sent)")
          #expect(try json(answer.body)["error"] is String && !answer.body.contains("s3cret"))
        }
      }
      for sent in ["Bearer s3cret", "bearer s3cret"] {
        let socket = HTTPSocket(port: server.port)
        socket.send("PUT", "/predict", headers: "Authorization: \(sent)\r\n", body: image)
        #expect(socket.answer()?.status == 200)
        socket.send("GET", "/", headers: "Authorization: \(sent)\r\n")
        #expect(socket.answer()?.body.contains("secret name") == true)
      }
      let socket = HTTPSocket(port: server.port)
      for path in ["/health/live", "/health/ready", "/"] {
        socket.send("GET", path)
        let answer = try #require(socket.answer())
        #expect(answer.status == 200 && !answer.body.contains("secret name"))
        #expect(path != "/" || answer.body.contains("id=\"token\""))
      }
    }
  }

  @Test("Expect: 100-continue without the token gets 401 instead of 100")
  func expectation() async throws {
    try await TestServer.running(Self.responder(token: "s3cret")) { server in
      let socket = HTTPSocket(port: server.port)
      socket.send("PUT /predict HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 10\r\n\r\n")
      #expect(socket.answer()?.status == 401)
      #expect(socket.isClosed())
    }
  }

  @Test("a token must be visible ASCII")
  func tokens() {
    for text in ["", " ", "a b", "é", "a\n"] { #expect(Token(text) == nil) }
    #expect(Token("a!~") != nil)
  }

  /// Returns the lines that `body` writes to a log.
  static func lines(least: RequestLog.Level, _ body: (RequestLog) async throws -> Void) async throws -> [[String: Any]]
  {
    let folder = try TemporaryFolder()
    let descriptor = open(folder.path("log"), O_WRONLY | O_CREAT | O_APPEND, 0o600)
    defer { close(descriptor) }
    let log = RequestLog(least: least, descriptor: descriptor)
    try await body(log)
    log.flush()
    return try String(decoding: try FileSystem.read(folder.path("log")), as: UTF8.self).split(separator: "\n").map {
      try json(String($0))
    }
  }

  @Test("every request is logged with its result, without secrets")
  func log() async throws {
    let lines = try await Self.lines(least: .info) { log in
      try await TestServer.running(Self.responder(token: "s3cret"), log: log) { server in
        let socket = HTTPSocket(port: server.port)
        let sent = "Authorization: Bearer s3cret\r\n"
        socket.send("PUT", "/predict?token=s3cret", headers: sent + "X-Request-Id: a-1\r\n", body: Array("text".utf8))
        #expect(socket.answer()?.head.contains("X-Request-Id: a-1\r\n") == true)
        socket.send("GET", "/\u{1b}[31m\"é", headers: sent + "X-Request-Id: a\"1\r\n")
        #expect(socket.answer()?.head.contains("a\"1") == false)
        let other = HTTPSocket(port: server.port)
        other.send("GET", "/health/live")
        #expect(other.answer()?.status == 200)
        other.send("GET", "/", headers: sent)
        #expect(other.answer()?.status == 200)
      }
    }
    let found = lines.map { [$0["status"] as? Int, $0["bytes"] as? Int].compactMap(\.self) }
    #expect(found.map(\.first).contains(415) && found.map(\.first).contains(200), "\(lines)")
    let first = try #require(lines.first)
    #expect(first["id"] as? String == "a-1" && first["method"] as? String == "PUT")
    #expect(first["path"] as? String == "/predict" && first["level"] as? String == "warning")
    #expect(first["model"] as? String == "secret name")
    #expect((first["reason"] as? String)?.hasPrefix("text, not an image") == true)
    #expect(first["milliseconds"] is Double && first["address"] as? String == "127.0.0.1")
    #expect((first["time"] as? String)?.wholeMatch(of: /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z/) != nil)
    #expect(!lines.contains { "\($0)".contains("s3cret") || "\($0["path"] ?? "")" == "/health/live" })
  }

  @Test("warnings and errors of libraries are logged with their metadata")
  func libraries() async throws {
    let lines = try await Self.lines(least: .debug) { log in
      let logger = Logger(label: "library") { _ in LibraryLogHandler(log: log) }
      logger.info("not logged")
      logger.warning("slow", metadata: ["b": "2", "a": "1"])
      logger.error("broken")
    }
    #expect(lines.map { $0["message"] as? String } == ["slow; a: 1; b: 2", "broken"])
    #expect(lines.map { $0["level"] as? String } == ["warning", "error"])
  }

  @Test("concurrently written lines are complete and in order")
  func wholeLines() async throws {
    let lines = try await Self.lines(least: .debug) { log in
      await withTaskGroup(of: Void.self) { group in
        for writer in 0..<8 {
          group.addTask {
            for number in 0..<200 { log.note("\(writer) \(number) " + String(repeating: "x", count: 100)) }
          }
        }
      }
    }
    #expect(lines.count == 1600)
    for writer in 0..<8 {
      let own = lines.compactMap { $0["message"] as? String }.filter { $0.hasPrefix("\(writer) ") }
      #expect(own.compactMap { Int($0.split(separator: " ")[1]) } == Array(0..<200))
    }
  }

  @Test("writing does not block when nothing reads the log, and dropped lines are counted")
  func slowLogReader() throws {
    var ends: [Int32] = [0, 0]
    try #require(pipe(&ends) == 0)
    let writer = LineWriter(descriptor: ends[1]) { "\($0) dropped" }
    let line = String(repeating: "y", count: 1023)
    // The pipe takes part of the first megabyte. The writer keeps the rest in memory, up to its limit.
    for _ in 0..<10_000 { writer.write(line) }
    var (text, buffer) = ("", [UInt8](repeating: 0, count: 1 << 16))
    while !text.hasSuffix(" dropped\n") {
      let count = read(ends[0], &buffer, buffer.count)
      try #require(count > 0)
      text += String(decoding: buffer[..<count], as: UTF8.self)
    }
    let lines = text.split(separator: "\n")
    let dropped = try #require(lines.last?.split(separator: " ").first.flatMap { Int($0) })
    #expect(dropped > 5000 && lines.count - 1 + dropped == 10_000)
    for end in ends { close(end) }
  }
}
