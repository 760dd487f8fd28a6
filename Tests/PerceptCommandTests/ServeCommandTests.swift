import Files
import Foundation
import Images
import TestSupport
import Testing

@Suite("percept serve")
struct ServeCommandTests {
  let folder: TemporaryFolder

  init() throws {
    folder = try TemporaryFolder()
    try folder.addPictures([("faces/a", 6), ("faces/b", 6)])
    let words = ["train", "faces", "--image-size", "6", "--iterations", "20", "-o", "m.safetensors"]
    #expect(try Program.percept(words, in: folder).status == 0)
  }

  /// Runs it on a free port, which `body` is given, and ends it with a signal.
  func serving(_ models: [String], signal: Int32, _ body: (Int, Process) throws -> Void) throws -> Int32 {
    let (process, notes) = (Process(), Pipe())
    process.executableURL = URL(fileURLWithPath: Program.percept.path)
    process.arguments = ["serve"] + models + ["--port", "0"]
    process.currentDirectoryURL = URL(fileURLWithPath: folder.path)
    process.standardError = notes
    try process.run()
    defer { process.terminate() }
    let line = String(decoding: notes.fileHandleForReading.availableData, as: UTF8.self)
    let address = try #require(line.firstMatch(of: /^Serving (.+) at http:\/\/127\.0\.0\.1:(\d+)\/\n$/))
    try body(try #require(Int(address.output.2)), process)
    kill(process.processIdentifier, signal)
    process.waitUntilExit()
    return process.terminationStatus
  }

  @Test("answers with the numbers of percept predict --json; a signal ends it", arguments: [SIGTERM, SIGINT])
  func serve(signal: Int32) throws {
    let status = try serving(["m.safetensors", "x=m.safetensors"], signal: signal) { port, _ in
      let socket = HTTPSocket(port: port)
      for name in ["faces/a/0000.png", "faces/b/0003.png"] {
        let predicted = try json(Program.percept("predict", "m.safetensors", "--json", name, in: folder).output)
        for model in ["m", "x"] {
          socket.send("PUT", "/models/\(model)/predict", body: try Files.read(folder.path(name)))
          let answer = try json(try #require(socket.answer()).body)
          #expect(answer["model"] as? String == model && answer["class"] as? String == predicted["class"] as? String)
          #expect(answer["probability"] as? Double == predicted["probability"] as? Double)
          #expect(answer["probabilities"] as? [String: Double] == predicted["probabilities"] as? [String: Double])
        }
      }
    }
    #expect(status == 0)
  }

  @Test("asked to end, it first answers what it was asked")
  func drain() throws {
    let picture = try Files.read(folder.path("faces/a/0000.png"))
    let status = try serving(["m.safetensors"], signal: SIGTERM) { port, process in
      let (socket, idle) = (HTTPSocket(port: port), HTTPSocket(port: port))
      idle.send("GET", "/health/live")
      #expect(idle.answer()?.status == 200)
      socket.send(
        "PUT /predict HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: \(picture.count)\r\n\r\n")
      #expect(socket.answer()?.status == 100)
      kill(process.processIdentifier, SIGTERM)
      // Idle connections are closed at once, which shows that it has understood.
      #expect(idle.isClosed())
      socket.send(picture)
      #expect(socket.answer()?.status == 200)
      #expect(socket.isClosed())
    }
    #expect(status == 0)
  }

  @Test("models of one name, none, a missing one and a port that is none are refused")
  func refused() throws {
    let percept = Program.percept
    let twice = try percept("serve", "m.safetensors", "faces/m.safetensors", in: folder)
    #expect(twice.status == 64 && twice.errors.contains("Two models are called \"m\""))
    #expect(try percept("serve", in: folder).status == 64)
    #expect(try percept("serve", "m.safetensors", "--port", "65536", in: folder).status == 64)
    #expect(try percept("serve", "none.safetensors", in: folder).status == 66)
    let open = try percept("serve", "m.safetensors", "--host", "0.0.0.0", in: folder)
    #expect(open.status == 64 && open.errors.contains("--allow-anonymous"))
    let elsewhere = try percept(
      "serve", "m.safetensors", "--host", "192.0.2.1", "--allow-anonymous", in: folder)
    #expect(elsewhere.status == 69 && elsewhere.errors.contains("cannot listen at 192.0.2.1, port 8080"))
  }
}
