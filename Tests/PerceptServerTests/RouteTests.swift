import PerceptServer
import PerceptIO
import PerceptImages
import PerceptModels
import PerceptTestSupport
import Testing

@Suite("Routes: files of all kinds")
struct RouteTests {
  static let model = servedModel("m", seed: 1)
  /// The routes that take images, and others.
  static let predicting = ["/predict", "/models/m/predict"]
  static let others = ["/", "/health/live", "/health/ready", "/models/x/predict", "/nothing"]

  @Test(
    "damaged files get a client error (4xx) on every route, and a good image after each is classified correctly",
    .enabled(if: SharedData.isPresent))
  func broken() async throws {
    let good = try TestImages.photo(seed: 1, width: 30, height: 20).encodedPNG()
    let expected = try Self.model.classifier.predict(decoding: good, named: "x").probability
    try await TestServer.running { server in
      let files = SharedData.files(in: "odd/broken")
      #expect(!files.isEmpty)
      for file in files {
        let bytes = try FileSystem.read(file)
        let probability = try? Self.model.classifier.predict(file: file).probability
        for path in Self.predicting + Self.others {
          let socket = HTTPSocket(port: server.port)
          socket.send("POST", path, body: bytes)
          let answer = try #require(socket.answer(), "\(file) at \(path)")
          let body = try json(answer.body)
          if Self.predicting.contains(path), let probability {
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
    "unusual files give the probabilities of the library; unsupported formats get 415",
    .enabled(if: SharedData.isPresent))
  func unusual() async throws {
    let unknown = ["jp2", "tga"]
    try await TestServer.running { server in
      let socket = HTTPSocket(port: server.port)
      let files = SharedData.files(in: "odd/made")
      #expect(!files.isEmpty)
      for file in files {
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
    "a HEIC image is classified",
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
