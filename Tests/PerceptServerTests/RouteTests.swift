import PerceptServer
import PerceptIO
import PerceptImages
import PerceptModels
import PerceptTestSupport
import Testing

@Suite("Every picture on every route")
struct RouteTests {
  static let model = servedModel("m", seed: 1)
  /// What takes pictures, and what does not.
  static let judging = ["/predict", "/models/m/predict"]
  static let others = ["/", "/health/live", "/health/ready", "/models/x/predict", "/nothing"]

  @Test(
    "damaged files get a reason that is the client's fault, and a good picture is judged rightly right after",
    .enabled(if: SharedData.isPresent))
  func broken() async throws {
    let good = try TestImages.photo(seed: 1, width: 30, height: 20).encodedPNG()
    let expected = try Self.model.classifier.predict(decoding: good, named: "x").probability
    try await TestServer.running { server in
      for file in SharedData.files(in: "odd/broken") {
        let bytes = try FileSystem.read(file)
        let probability = try? Self.model.classifier.predict(file: file).probability
        for path in Self.judging + Self.others {
          let socket = HTTPSocket(port: server.port)
          socket.send("POST", path, body: bytes)
          let answer = try #require(socket.answer(), "\(file) at \(path)")
          let body = try json(answer.body)
          if Self.judging.contains(path), let probability {
            #expect(answer.status == 200, "\(file)")
            #expect(try answer.probability == probability, "\(file)")
          } else {
            #expect((400..<500).contains(answer.status) && (body["error"] as? String)?.isEmpty == false, "\(file)")
          }
        }
        let socket = HTTPSocket(port: server.port)
        socket.send("POST", "/predict", body: good)
        #expect(try #require(socket.answer()).probability == expected)
      }
      #expect(server.isQuiet())
    }
  }

  @Test(
    "unusual files are judged as the library judges them; formats that it does not know are named",
    .enabled(if: SharedData.isPresent))
  func unusual() async throws {
    let unknown = ["gif", "bmp", "tif", "jp2", "pgm", "ppm", "tga"]
    try await TestServer.running { server in
      let socket = HTTPSocket(port: server.port)
      for file in SharedData.files(in: "odd/made") {
        socket.send("PUT", "/predict", body: try FileSystem.read(file))
        let answer = try #require(socket.answer(), "\(file)")
        if unknown.contains(where: { file.hasSuffix(".\($0)") }) {
          #expect(answer.status == 415, "\(file)")
        } else {
          let expected = try Self.model.classifier.predict(file: file).probability
          #expect(answer.status == 200, "\(file): \(answer.body)")
          #expect(try answer.probability == expected, "\(file)")
        }
      }
    }
  }

  @Test(
    "a picture as a phone takes it is judged",
    .enabled(if: FileSystem.kind(of: "/usr/lib/x86_64-linux-gnu/libheif.so.1") != nil))
  func heic() async throws {
    let tests = FileSystem.folder(of: FileSystem.folder(of: #filePath))
    let file = FileSystem.path(tests, "PerceptImagesTests/Fixtures/smooth.heic")
    try await TestServer.running { server in
      let socket = HTTPSocket(port: server.port)
      socket.send("PUT", "/predict", body: try FileSystem.read(file))
      let answer = try #require(socket.answer())
      #expect(try answer.probability == (try Self.model.classifier.predict(file: file).probability))
    }
  }
}
