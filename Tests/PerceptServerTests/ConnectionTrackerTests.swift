import PerceptServer
import Dispatch
import Glibc
import PerceptIO
import PerceptImages
import PerceptModels
import PerceptTestSupport
import Synchronization
import Testing

@Suite("Reloading and ending")
struct LifeTests {
  let image: [UInt8]
  let folder: TemporaryFolder

  init() throws {
    image = try TestImages.photo(seed: 1, width: 30, height: 20).encodedPNG()
    folder = try TemporaryFolder()
    for name in ["a", "b"] { try write(seed: 1, to: name) }
  }

  func write(seed: UInt64, to name: String) throws {
    // As `percept train --force` writes it: never half a file.
    try servedModel(name, seed: seed).classifier.write(to: folder.path("\(name).new"))
    rename(folder.path("\(name).new"), folder.path(name))
  }

  func repository() throws -> ModelRepository {
    try ModelRepository(reading: ["a", "b"].map { .init(name: $0, file: folder.path($0)) })
  }

  func probability(_ seed: UInt64) throws -> Double {
    try servedModel("x", seed: seed).classifier.predict(decoding: image, named: "x").probability
  }

  @Test("models are read anew while requests stream in, and every one is answered by the old model or the new")
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
      // Again and again, until both have been seen: on a busy machine all could be over before anybody is answered.
      let isEnough = { tally.counts.withLock { $0.values.reduce(0, +) > 100 && $0.count == 2 } }
      var rounds = 0
      while rounds < 40 || !isEnough() && rounds < 10_000 {
        try write(seed: rounds % 2 == 0 ? 2 : 1, to: "a")
        repository.reload { model, error in #expect(error == nil, "\(model.name)") }
        rounds += 1
      }
      #expect(isEnough())
      tally.isOver.store(true, ordering: .relaxed)
      clients.wait()
    }
    #expect(Set(tally.counts.withLock { $0.keys }) == Set(allowed))
  }

  /// What clients were told, and whether they shall stop asking.
  final class Tally: Sendable {
    let isOver = Atomic<Bool>(false)
    let counts = Mutex([Double: Int]())
  }

  @Test("a file that is broken or gone leaves its model as it was, and the others are read")
  func brokenFile() throws {
    let repository = try repository()
    try folder.write(Array("broken".utf8), to: "a")
    try write(seed: 2, to: "b")
    var reports: [String: String] = [:]
    repository.reload { reports[$0.name] = $1.map { "\($0)" } ?? "read" }
    #expect(reports["b"] == "read" && reports["a"]?.contains("not a usable Percept model") == true)
    func judged() throws -> [Double] {
      try repository.models.map { try $0.classifier.predict(decoding: image, named: "x").probability }
    }
    #expect(try judged() == [probability(1), probability(2)])
    unlink(folder.path("a"))
    repository.reload { if $0.name == "a" { reports["a"] = $1.map { "\($0)" } } }
    #expect(reports["a"]?.contains("no such file") == true)
    #expect(try judged() == [probability(1), probability(2)])
  }

  @Test("told to end, it is not ready at once, answers what is under way, and takes nothing new")
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

  @Test("what does not end within the time there is, is given up")
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
