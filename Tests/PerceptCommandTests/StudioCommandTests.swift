import Foundation
import FoundationNetworking
import PerceptIO
import PerceptImages
import PerceptTestSupport
import Testing

@Suite("percept studio")
struct StudioCommandTests {
  let folder: TemporaryFolder

  init() throws {
    folder = try TemporaryFolder()
    try folder.addImages([("my faces/a", 12), ("my faces/b", 11)])
    try folder.write(Array("not an image".utf8), to: "my faces/b/broken.jpg")
  }

  /// Runs `percept studio` on a free port, calls `body` with the port and the output on standard error, and sends SIGINT.
  ///
  /// - Returns: The exit status.
  func opened(_ arguments: [String], _ body: (Int, String) throws -> Void) throws -> Int32 {
    let (process, notes) = (Process(), Pipe())
    process.executableURL = URL(fileURLWithPath: Program.percept.path)
    process.arguments = ["studio"] + arguments + ["--port", "0", "--no-cache"]
    process.currentDirectoryURL = URL(fileURLWithPath: folder.path)
    process.standardError = notes
    try process.run()
    defer { process.terminate() }
    var said = ""
    while !said.contains("The studio is at") {
      let part = notes.fileHandleForReading.availableData
      try #require(!part.isEmpty, "\(said)")
      said += String(decoding: part, as: UTF8.self)
    }
    let address = try #require(said.firstMatch(of: /The studio is at http:\/\/127\.0\.0\.1:(\d+)\/\n/))
    try body(try #require(Int(address.output.1)), said)
    kill(process.processIdentifier, SIGINT)
    // A process that does not exit fails the test after 30 seconds instead of blocking it.
    for _ in 0..<3000 where process.isRunning { usleep(10_000) }
    if process.isRunning { kill(process.processIdentifier, SIGKILL) }
    process.waitUntilExit()
    return process.terminationStatus
  }

  /// Returns the body of the response to a GET request.
  func get(_ path: String, port: Int) throws -> Data {
    try data(for: URLRequest(url: try #require(URL(string: "http://127.0.0.1:\(port)\(path)"))))
  }

  @Test(
    "the shown command trains the downloaded model, and percept predict gives the same prediction as the page",
    arguments: [
      "rate=0.02&iterations=70&size=10", "rate=auto&iterations=1&size=7&color=gray",
      "rate=0.004&iterations=40&size=8&l2=0.05",
      "rate=0.01&iterations=30&size=8&hidden=5,3",
    ])
  func same(query: String) throws {
    let status = try opened(["my faces", "--image-size", "9", "--seed", "3", "--test-fraction", "0.3"]) { port, said in
      #expect(said.contains("1 of 24 files could not be read") && said.contains("broken.jpg"))
      let events = String(decoding: try get("/train?\(query)", port: port), as: UTF8.self)
      let line = try #require(events.split(separator: "\n").last { $0.hasPrefix("data: ") })
      let done = try #require(JSONSerialization.jsonObject(with: Data(line.dropFirst(6).utf8)) as? [String: Any])
      let keep = try #require((done["html"] as? [String: String])?["keep"])
      let command = try #require(keep.firstMatch(of: /<code>percept (train [^<]+)<\/code>/)).output.1
      let shell = Program(path: "/bin/sh")
      let run = try shell(["-c", "\(Program.percept.path) \(command.replacing("&quot;", with: "\""))"], in: folder)
      #expect(run.status == 0, "\(command): \(run.errors)")
      let model = try get("/model.safetensors?\(query)", port: port)
      #expect(Array(model) == (try FileSystem.read(folder.path("model.safetensors"))), "\(command)")

      let image = "my faces/b/0004.png"
      let predicted = try Program.percept("predict", "model.safetensors", "--json", image, in: folder).output
      var request = URLRequest(url: try #require(URL(string: "http://127.0.0.1:\(port)/ask?\(query)")))
      request.httpMethod = "POST"
      request.httpBody = Data(try FileSystem.read(folder.path(image)))
      let answer = try #require(JSONSerialization.jsonObject(with: try data(for: request)) as? [String: Any])
      let expected = try #require(JSONSerialization.jsonObject(with: Data(predicted.utf8)) as? [String: Any])
      let prediction = try #require(answer["prediction"] as? [String: Any])
      #expect(prediction["probability"] as? Double == expected["probability"] as? Double)
      #expect(prediction["class"] as? String == expected["class"] as? String)
    }
    #expect(status == 0)
  }

  @Test("small images keep their size, and the shown command says so")
  func ownSize() throws {
    let status = try opened(["my faces"]) { port, _ in
      let page = String(decoding: try get("/", port: port), as: UTF8.self)
      #expect(page.contains("The neuron sees only 12 x 12 pixels"))
      let events = String(decoding: try get("/train?iterations=1", port: port), as: UTF8.self)
      #expect(events.contains("--image-size 12"))
    }
    #expect(status == 0)
  }

  @Test("percept train uses corrections that were made on the page, with the shown command")
  func corrections() throws {
    let status = try opened(["my faces", "--image-size", "9", "--corrections", "c.csv", "--test-fraction", "0.3"]) {
      port, _ in
      let page = String(decoding: try get("/", port: port), as: UTF8.self)
      let token = try #require(page.firstMatch(of: /data-token="(\w+)"/)).output.1
      var edition = ""
      for body in [#"{"row": 0, "decision": "relabel", "label": 1}"#, #"{"row": 15, "decision": "leave-out"}"#] {
        var request = URLRequest(url: try #require(URL(string: "http://127.0.0.1:\(port)/correct")))
        (request.httpMethod, request.httpBody) = ("POST", Data(body.utf8))
        request.setValue("http://127.0.0.1:\(port)", forHTTPHeaderField: "Origin")
        request.setValue(String(token), forHTTPHeaderField: "X-Percept-Token")
        let answer = try #require(JSONSerialization.jsonObject(with: try data(for: request)) as? [String: String])
        edition = try #require(answer["edition"], "\(answer)")
      }
      let query = "rate=0.02&iterations=30&edition=\(edition)"
      let events = String(decoding: try get("/train?\(query)", port: port), as: UTF8.self)
      let command = try #require(events.matches(of: /<code>percept (train .*?)<\\?\/code>/).last).output.1
      #expect(command.contains("--labels c.csv") && !command.contains("--test-fraction"))
      let run = try Program(path: "/bin/sh")(
        ["-c", "\(Program.percept.path) \(command.replacing("&quot;", with: "\""))"], in: folder)
      #expect(run.status == 0, "\(command): \(run.errors)")
      let model = try get("/model.safetensors?\(query)", port: port)
      #expect(Array(model) == (try FileSystem.read(folder.path("model.safetensors"))), "\(command)")
    }
    #expect(status == 0)
  }

  @Test("SIGINT ends the command during a long training")
  func ended() throws {
    let status = try opened(["my faces"]) { port, _ in
      let socket = HTTPSocket(port: port)
      socket.send("GET", "/train?hidden=256&iterations=100000&size=64&run=long")
      var stop = try HTTPSocket(port: port).asked("POST", "/stop?run=none")
      #expect(stop == 404)
      // The training has started once the response begins.
      _ = socket.isClosed()
      stop = try HTTPSocket(port: port).asked("GET", "/")
      #expect(stop == 200)
    }
    #expect(status == 0)
  }

  private func data(for request: URLRequest) throws -> Data {
    nonisolated(unsafe) var result: Result<Data, any Error> = .success(Data())
    let done = DispatchSemaphore(value: 0)
    URLSession.shared.dataTask(with: request) { data, _, error in
      result = error.map { .failure($0) } ?? .success(data ?? Data())
      done.signal()
    }.resume()
    done.wait()
    return try result.get()
  }

  @Test("invalid data and invalid ports are refused at the start")
  func refused() throws {
    let percept = Program.percept
    #expect(try percept("studio", "nowhere", in: folder).status == 66)
    #expect(try percept("studio", "my faces/a", in: folder).status == 65)
    #expect(try percept("studio", "my faces", "--port", "65536", in: folder).status == 64)
    #expect(try percept("studio", in: folder).status == 64)
    #expect(try percept("studio", "my faces", "--labels", "a.csv", "--corrections", "b.csv", in: folder).status == 64)
    try folder.write(Array("file,label\nmy faces/a/0000.png,b\n".utf8), to: "labels.csv")
    let other = try percept("studio", "my faces", "--no-cache", "--corrections", "labels.csv", in: folder)
    #expect(other.status == 65 && other.errors.contains("--labels"))
    #expect(try percept("studio", "my faces", "--strict", "--no-cache", in: folder).status == 65)
  }
}

extension HTTPSocket {
  /// Sends a request without a body and returns the status of the response.
  fileprivate func asked(_ method: String, _ path: String) throws -> Int {
    send(method, path)
    return try #require(answer()).status
  }
}
