import Dispatch
import PerceptIO
import PerceptImages
import PerceptModels
import PerceptPlatform
import PerceptServer
import PerceptTestSupport
import Synchronization
import Testing

@Suite("ConnectionTracker: reloading models and graceful shutdown")
struct ConnectionTrackerTests {
  let image: [UInt8]
  let folder: TemporaryFolder

  init() throws {
    image = try TestImages.photo(seed: 1, width: 30, height: 20).encodedPNG()
    folder = try TemporaryFolder()
    for name in ["a", "b"] { try write(seed: 1, to: name) }
  }

  func write(seed: UInt64, to name: String) throws {
    // Replace the file atomically, as `percept train --force` does.
    try servedModel(name, seed: seed).classifier.write(to: folder.path("\(name).new"))
    rename(folder.path("\(name).new"), folder.path(name))
  }

  func repository() throws -> ModelRepository {
    try ModelRepository(reading: ["a", "b"].map { .init(name: $0, file: folder.path($0)) })
  }

  func probability(_ seed: UInt64) throws -> Double {
    try servedModel("x", seed: seed).classifier.predict(decoding: image, named: "x").probability
  }

  @Test("during reloads, every request is answered by the old or the new model")
  func reload() async throws {
    let repository = try repository()
    let allowed = try [probability(1), probability(2)]
    let tally = Tally()
    try await TestServer.running(PredictionResponder(repository: repository)) { [image, self] server in
      let clients = DispatchGroup()
      for client in 0..<4 {
        DispatchQueue(label: "client").async(group: clients) {
          let socket = HTTPSocket(port: server.port)
          while !tally.isOver.load(ordering: .relaxed) {
            socket.send("PUT", "/models/\(client % 2 == 0 ? "a" : "b")/predict", body: image)
            let answer = socket.answer()
            let found = answer.flatMap { try? $0.probability } ?? -1
            tally.counts.withLock { $0[found, default: 0] += 1 }
          }
        }
      }
      // Repeat until both models have answered: on a busy machine, thousands of reloads could finish before 100 responses.
      let isEnough = { tally.counts.withLock { $0.values.reduce(0, +) > 100 && $0.count == 2 } }
      var rounds = 0
      while rounds < 40 || !isEnough() && rounds < 200_000 {
        try write(seed: rounds % 2 == 0 ? 2 : 1, to: "a")
        repository.reload { model, error in #expect(error == nil, "\(model.name)") }
        rounds += 1
        if rounds > 40 { usleep(1000) }
      }
      #expect(isEnough())
      tally.isOver.store(true, ordering: .relaxed)
      clients.wait()
    }
    #expect(Set(tally.counts.withLock { $0.keys }) == Set(allowed))
  }

  /// The responses that the clients received, and whether they should stop.
  final class Tally: Sendable {
    let isOver = Atomic<Bool>(false)
    let counts = Mutex([Double: Int]())
  }

  @Test("if a model file is invalid or missing, the old model is kept and the other models are reloaded")
  func brokenFile() throws {
    let repository = try repository()
    try folder.write(Array("broken".utf8), to: "a")
    try write(seed: 2, to: "b")
    var reports: [String: String] = [:]
    repository.reload { reports[$0.name] = $1.map { "\($0)" } ?? "read" }
    #expect(reports["b"] == "read" && reports["a"]?.contains("not a valid Percept model") == true)
    func probabilities() throws -> [Double] {
      try repository.models.map { try $0.classifier.predict(decoding: image, named: "x").probability }
    }
    #expect(try probabilities() == [probability(1), probability(2)])
    unlink(folder.path("a"))
    repository.reload { if $0.name == "a" { reports["a"] = $1.map { "\($0)" } } }
    #expect(reports["a"]?.contains("no such file") == true)
    #expect(try probabilities() == [probability(1), probability(2)])
  }

  @Test("during shutdown, readiness and new requests get 503, and requests in flight are answered")
  func drain() async throws {
    try await TestServer.running { [image] server in
      let (busy, idle) = (HTTPSocket(port: server.port), HTTPSocket(port: server.port))
      busy.send("PUT /predict HTTP/1.1\r\nHost: x\r\nContent-Length: \(image.count)\r\n\r\n")
      #expect(wait { server.web.tracker.requests == 1 && server.web.tracker.connections == 2 })
      server.web.end()
      #expect(idle.isClosed())
      for (method, path, status) in [
        ("GET", "/health/ready", 503), ("GET", "/health/live", 200), ("PUT", "/predict", 503),
      ] {
        let socket = HTTPSocket(port: server.port)
        socket.send(method, path)
        let answer = try #require(socket.answer())
        #expect(answer.status == status && answer.head.contains("Connection: close"), "\(path)")
        #expect(socket.isClosed())
      }
      busy.send(image)
      #expect(busy.answer()?.status == 200)
      #expect(busy.isClosed())
      #expect(wait { HTTPSocket(port: server.port).isRefused })
    }
  }

  @Test("requests that were sent before a shutdown are answered, also on connections that are not yet accepted")
  func sent() async throws {
    var limits = ServerLimits()
    limits.connections = 4
    // Other tests use the processor, too.
    (limits.quietTime, limits.drainTime) = (.milliseconds(500), .seconds(300))
    try await TestServer.running(limits) { [image] server in
      let kept = (0..<4).map { _ in HTTPSocket(port: server.port) }
      for socket in kept {
        socket.send("GET", "/health/live")
        #expect(socket.answer()?.status == 200)
      }
      let waiting = (0..<20).map { _ in HTTPSocket(port: server.port) }
      for socket in waiting + kept { socket.send("PUT", "/predict", body: image) }
      server.web.end()
      for (number, socket) in (kept + waiting).enumerated() {
        let status = socket.answer()?.status
        #expect(status == 200 || status == 503, "\(number)")
        #expect(socket.isClosed())
        // The client closes its side, so that the server accepts another connection.
        socket.finish()
      }
      #expect(wait { HTTPSocket(port: server.port).isRefused })
    }
  }

  @Test("requests that do not finish within the drain time are closed")
  func impatient() async throws {
    var limits = ServerLimits()
    limits.drainTime = .milliseconds(100)
    try await TestServer.running(limits) { server in
      let busy = HTTPSocket(port: server.port)
      busy.send("PUT /predict HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\n")
      #expect(wait { server.web.tracker.requests == 1 })
      server.web.end()
      #expect(busy.isClosed())
      #expect(server.isQuiet())
      #expect(wait { HTTPSocket(port: server.port).isRefused })
    }
  }
}
