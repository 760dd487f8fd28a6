import Foundation
import PerceptIO
import PerceptImages
import PerceptTestSupport
import Testing

@Suite("percept serve")
struct ServeCommandTests {
  let folder: TemporaryFolder

  init() throws {
    folder = try TemporaryFolder()
    try folder.addImages([("faces/a", 6), ("faces/b", 6)])
    let words = ["train", "faces", "--image-size", "6", "--iterations", "20", "-o", "m.safetensors"]
    #expect(try Program.percept(words, in: folder).status == 0)
  }

  /// Runs `percept serve` on a free port, calls `body` with the port, ends the process with a signal, and returns its
  /// exit status.
  func serving(
    _ models: [String], environment: [String: String] = [:], signal: Int32?, _ body: (Int, Process) throws -> Void
  ) throws -> Int32 {
    let (process, notes) = (Process(), Pipe())
    process.executableURL = URL(fileURLWithPath: Program.percept.path)
    process.arguments = ["serve"] + models + ["--port", "0"]
    process.currentDirectoryURL = URL(fileURLWithPath: folder.path)
    process.standardError = notes
    process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
    try process.run()
    defer { process.terminate() }
    let line = String(decoding: notes.fileHandleForReading.availableData, as: UTF8.self)
    let address = try #require(line.firstMatch(of: /^Serving (.+) at http:\/\/127\.0\.0\.1:(\d+)\/\n$/))
    try body(try #require(Int(address.output.2)), process)
    if let signal { kill(process.processIdentifier, signal) }
    process.waitUntilExit()
    return process.terminationStatus
  }

  @Test("responses have the numbers of percept predict --json; a signal ends the server", arguments: [SIGTERM, SIGINT])
  func serve(signal: Int32) throws {
    let status = try serving(["m.safetensors", "x=m.safetensors"], signal: signal) { port, _ in
      let socket = HTTPSocket(port: port)
      for name in ["faces/a/0000.png", "faces/b/0003.png"] {
        let predicted = try json(Program.percept("predict", "m.safetensors", "--json", name, in: folder).output)
        for model in ["m", "x"] {
          socket.send("PUT", "/models/\(model)/predict", body: try FileSystem.read(folder.path(name)))
          let answer = try json(try #require(socket.answer()).body)
          #expect(answer["model"] as? String == model && answer["class"] as? String == predicted["class"] as? String)
          #expect(answer["probability"] as? Double == predicted["probability"] as? Double)
          #expect(answer["probabilities"] as? [String: Double] == predicted["probabilities"] as? [String: Double])
        }
      }
    }
    #expect(status == 0)
  }

  @Test("on SIGTERM, requests in flight are answered before the server ends")
  func drain() throws {
    let image = try FileSystem.read(folder.path("faces/a/0000.png"))
    let status = try serving(["m.safetensors"], signal: nil) { port, process in
      let (socket, idle) = (HTTPSocket(port: port), HTTPSocket(port: port))
      idle.send("GET", "/health/live")
      #expect(idle.answer()?.status == 200)
      socket.send(
        "PUT /predict HTTP/1.1\r\nHost: localhost\r\nExpect: 100-continue\r\nContent-Length: \(image.count)\r\n\r\n")
      #expect(socket.answer()?.status == 100)
      kill(process.processIdentifier, SIGTERM)
      // The server closes idle connections at once, which shows that it has received the signal.
      #expect(idle.isClosed())
      socket.send(image)
      #expect(socket.answer()?.status == 200)
      #expect(socket.isClosed())
    }
    #expect(status == 0)
  }

  @Test("SIGHUP reloads the models")
  func reload() throws {
    let status = try serving(["m.safetensors"], signal: SIGTERM) { port, process in
      let socket = HTTPSocket(port: port)
      let image = try FileSystem.read(folder.path("faces/a/0000.png"))
      func answer() throws -> String {
        socket.send("PUT", "/predict", body: image)
        return try #require(socket.answer()).body
      }
      let before = try answer()
      let words = ["train", "faces", "--image-size", "6", "--iterations", "3", "-o", "m.safetensors", "--force"]
      #expect(try Program.percept(words, in: folder).status == 0)
      #expect(try answer() == before)
      kill(process.processIdentifier, SIGHUP)
      var tries = 0
      while try answer() == before, tries < 10_000 {
        usleep(1000)
        tries += 1
      }
      #expect(try answer() != before)
    }
    #expect(status == 0)
  }

  @Test("a second signal ends the server at once", arguments: [SIGTERM, SIGINT])
  func impatience(signal: Int32) throws {
    let status = try serving(["m.safetensors"], signal: nil) { port, process in
      let (socket, idle) = (HTTPSocket(port: port), HTTPSocket(port: port))
      socket.send("PUT /predict HTTP/1.1\r\nHost: localhost\r\nExpect: 100-continue\r\nContent-Length: 9\r\n\r\n")
      #expect(socket.answer()?.status == 100)
      kill(process.processIdentifier, signal)
      #expect(idle.isClosed())
      kill(process.processIdentifier, signal)
      #expect(socket.isClosed())
    }
    #expect(status == 128 + signal)
  }

  @Test("requests that address another host are refused, unless it is an --allowed-host")
  func hosts() throws {
    let status = try serving(["m.safetensors", "--allowed-host", "images.example.org"], signal: SIGTERM) { port, _ in
      for (host, status) in [("localhost:80", 200), ("images.example.org", 200), ("evil.example", 403)] {
        let socket = HTTPSocket(port: port)
        socket.send("GET /models HTTP/1.1\r\nHost: \(host)\r\n\r\n")
        #expect(socket.answer()?.status == status, "\(host)")
      }
    }
    #expect(status == 0)
  }

  @Test("with few descriptors, the server says how many connections it accepts; without any, it logs once and waits")
  func descriptors() throws {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/bin/bash")
    let command = #"ulimit -n 60 && exec "$0" serve m.safetensors --port 0 2> log"#
    process.arguments = ["-c", command, Program.percept.path]
    process.currentDirectoryURL = URL(fileURLWithPath: folder.path)
    try process.run()
    defer { process.terminate() }
    func log() throws -> String { String(decoding: try FileSystem.read(folder.path("log")), as: UTF8.self) }
    func waitForLog(_ isEnough: (String) -> Bool) throws -> String {
      for _ in 0..<10_000 where !isEnough((try? log()) ?? "") { usleep(1000) }
      return try log()
    }
    let start = try waitForLog { $0.contains(/Serving .*\n/) }
    #expect(start.contains(/the limit of 60 allows [23]\d connections at a time instead of 256/))
    let port = try #require(start.firstMatch(of: /http:\/\/127.0.0.1:(\d+)\//).flatMap { Int($0.output.1) })

    let identifier = process.processIdentifier
    let used = try FileSystem.names(inFolder: "/proc/\(identifier)/fd").count
    let limiting = try Process.run(
      URL(fileURLWithPath: "/usr/bin/prlimit"), arguments: ["--pid", "\(identifier)", "--nofile=\(used + 2):60"])
    limiting.waitUntilExit()
    #expect(limiting.terminationStatus == 0)
    var sockets = (0..<4).map { _ in HTTPSocket(port: port) }
    _ = try waitForLog { $0.contains("cannot accept connections: Too many open files") }
    // Several more tries fail.
    usleep(500_000)
    sockets.removeAll()
    let socket = HTTPSocket(port: port)
    socket.send("GET", "/health/live")
    #expect(socket.answer()?.status == 200)
    let messages = try log().split(separator: "\n").filter { $0.contains("accept") }
    #expect(messages.count == 2 && messages.last?.contains("accepting connections again") == true, "\(messages)")
  }

  @Test("the token in the environment is required; invalid tokens and limits are refused")
  func token() throws {
    let status = try serving(["m.safetensors"], environment: ["PERCEPT_TOKEN": "s3cret"], signal: SIGTERM) { port, _ in
      let socket = HTTPSocket(port: port)
      socket.send("GET", "/health/ready")
      #expect(socket.answer()?.status == 200)
      socket.send("GET", "/nothing", headers: "Authorization: Bearer s3cret\r\n")
      #expect(socket.answer()?.status == 404)
      socket.send("PUT", "/predict")
      #expect(socket.answer()?.status == 401)
    }
    #expect(status == 0)
    let percept = Program.percept
    #expect(try percept("serve", "m.safetensors", "--token", "a b", in: folder).status == 64)
    #expect(try percept("serve", "m.safetensors", "--max-body", "64M", "--max-bodies", "32M", in: folder).status == 64)
    for limit in [
      "--body-time=0", "--max-body=0", "--max-body=1Q", "--connections=0", "--connections-per-address=0", "--queue=-1",
      "--answer-time=x", "--queue=9223372036854775807", "--concurrency=1000000",
    ] {
      #expect(try percept("serve", "m.safetensors", limit, in: folder).status == 64, "\(limit)")
    }
  }

  @Test("duplicate names, missing models, invalid ports and unsafe hosts are refused")
  func refused() throws {
    let percept = Program.percept
    let twice = try percept("serve", "m.safetensors", "faces/m.safetensors", in: folder)
    #expect(twice.status == 64 && twice.errors.contains("Two models are named \"m\""))
    #expect(try percept("serve", in: folder).status == 64)
    #expect(try percept("serve", "m.safetensors", "--port", "65536", in: folder).status == 64)
    #expect(try percept("serve", "none.safetensors", in: folder).status == 66)
    let open = try percept("serve", "m.safetensors", "--host", "0.0.0.0", in: folder)
    #expect(open.status == 64 && open.errors.contains("--allow-anonymous"))
    let elsewhere = try percept(
      "serve", "m.safetensors", "--host", "192.0.2.1", "--allow-anonymous", in: folder)
    #expect(elsewhere.status == 69 && elsewhere.errors.contains("cannot listen on 192.0.2.1, port 8080"))
  }
}
