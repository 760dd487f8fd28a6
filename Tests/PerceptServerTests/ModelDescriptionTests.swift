import PerceptServer
import HTTPTypes
import Hummingbird
import PerceptModels
import Testing

@Suite("ModelDescription: metadata in the Open Inference Protocol")
struct ModelDescriptionTests {
  @Test("metadata and readiness of the server and its models, with and without a version in the path")
  func descriptions() async throws {
    let version = InferenceTests.model.version
    #expect(version.count == 16 && version != servedModel("m", seed: 2).version)
    #expect(version == servedModel("n", seed: 1).version)
    var calibrated = InferenceTests.model.classifier
    calibrated.temperature = 2
    #expect(ServedModel(name: "m", classifier: calibrated).version != version)
    let model =
      #"{"inputs":[{"datatype":"BYTES","name":"picture","shape":[-1]}],"name":"m","outputs":["#
      + #"{"datatype":"BYTES","name":"class","shape":[-1]},{"datatype":"FP64","name":"probability","shape":[-1]},"#
      + #"{"datatype":"FP64","name":"probabilities","shape":[-1,2]}],"#
      + #""parameters":{"channels":3,"classes":["no","y<e>s"],"height":8,"width":8},"#
      + #""platform":"percept_safetensors","versions":["\#(version)"]}"#
    let answers = [
      "/v2": #"{"extensions":["binary_tensor_data"],"name":"percept","version":"\#(Program.version)"}"#,
      "/v2/health/live": #"{"live":true}"#, "/v2/health/ready": #"{"ready":true}"#, "/v2/models/m": model,
      "/v2/models/m/versions/\(version)": model, "/v2/models/m/ready": #"{"name":"m","ready":true}"#,
      "/v2/models/m/versions/\(version)/ready": #"{"name":"m","ready":true}"#,
    ]
    for (path, text) in answers {
      let (response, body) = try await InferenceTests.send(.get, path)
      #expect(response.status == .ok && String(decoding: body, as: UTF8.self) == text + "\n", "\(path)")
      #expect(try await InferenceTests.send(.post, path).response.status == .methodNotAllowed)
      let (head, nothing) = try await InferenceTests.send(.head, path)
      #expect(head.status == .ok && nothing.isEmpty)
    }
    for path in ["/v2/models/x", "/v2/models/m/versions/1", "/v2/models/x/ready", "/v2/models", "/v2/x"] {
      #expect(try await InferenceTests.send(.get, path).response.status == .notFound)
    }
    let inference = "/v2/models/m/versions/\(version)/infer"
    #expect(try await InferenceTests.send(.get, inference).response.headers[.allow] == "POST")
    #expect(try await InferenceTests.send(.post, inference, Array("{}".utf8)).response.status == .badRequest)
    #expect(try await InferenceTests.send(.post, "/v2/models/m/versions/1/infer").response.status == .notFound)
  }
}
