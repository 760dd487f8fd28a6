import PerceptServer
import Foundation
import HTTPTypes
import Hummingbird
import Testing

@Suite("OpenAPIDescription")
struct OpenAPITests {
  @Test("describes every route, method and status, and refers only to schemas that exist")
  func isComplete() async throws {
    let responder = ResponderPipeline(
      PredictionResponder(models: [servedModel("a", seed: 1), servedModel("b/c", seed: 1)]))
    let (response, body) = try await InferenceTests.send(.get, "/openapi.json", to: responder)
    #expect(response.headers[.contentType] == "application/json")
    let document = try #require(try JSONSerialization.jsonObject(with: Data(body)) as? [String: Any])
    let paths = try #require(document["paths"] as? [String: [String: Any]])
    #expect(document["openapi"] as? String == "3.1.0" && Set(paths.keys) == Set(Route.allCases.map(\.rawValue)))
    let schemas = try #require((document["components"] as? [String: Any])?["schemas"] as? [String: Any])
    let text = String(decoding: body, as: UTF8.self)
    let references = text.matches(of: /"#\/components\/schemas\/(\w+)"/)
    #expect(!references.isEmpty && !paths.isEmpty)
    for reference in references { #expect(schemas[String(reference.1)] != nil) }
    for (path, operations) in paths {
      let example = path.replacing("{name}", with: "b%2Fc").replacing("{version}", with: "x")
      for method in ["get", "head", "post", "put", "delete", "patch"] {
        let method = try #require(HTTPRequest.Method(rawValue: method.uppercased()))
        let answer = try await InferenceTests.send(method, example, to: responder).response
        let responses = (operations[method.rawValue.lowercased()] as? [String: Any])?["responses"] as? [String: Any]
        #expect((responses == nil) == (answer.status == .methodNotAllowed), "\(method) \(path)")
        if let responses { #expect(responses["\(answer.status.code)"] != nil, "\(answer.status) of \(method) \(path)") }
      }
    }
  }
}
