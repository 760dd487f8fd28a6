import HTTPTypes

/// The description of a server's interface for programs and people: an OpenAPI document, version 3.1, of the routes that there
/// are and the models that it serves now.
struct OpenAPIDescription {
  private let responder: PredictionResponder

  init(_ responder: PredictionResponder) { self.responder = responder }

  /// The document.
  var json: JSONValue {
    [
      "openapi": "3.1.0",
      "info": [
        "title": "Percept", "version": .text(Program.version),
        "license": ["name": "Apache 2.0", "identifier": "Apache-2.0"],
        "description": "Which class pictures belong to, by models that percept trained. Whatever is refused says why.",
      ],
      // Without a token where the server asks for none.
      "security": [[:], ["token": []]],
      "paths": .object(
        Dictionary(uniqueKeysWithValues: Route.allCases.map { ($0.rawValue, .object(operations(at: $0))) })),
      "components": [
        "securitySchemes": [
          "token": [
            "type": "http", "scheme": "bearer", "description": "The token that the server was started with, if any.",
          ]
        ],
        "schemas": .object(OpenAPISchemas.all),
      ],
    ]
  }

  private func operations(at route: Route) -> [String: JSONValue] {
    let operations = route.methods.map { method in
      let name = method.rawValue.lowercased()
      var operation: [String: JSONValue] = [
        "operationId": "\(name)\(Self.identifier(of: route))", "summary": .text(Self.summary(of: route)),
        "responses": .object(responses(at: route, isHead: method == .head)),
      ]
      switch route {
      case .prediction, .modelPrediction: operation["requestBody"] = Self.image
      case .inference, .versionInference: operation["requestBody"] = Self.inference
      default: break
      }
      return (name, JSONValue.object(operation))
    }
    return Dictionary(uniqueKeysWithValues: operations).merging(["parameters": .array(parameters(of: route))]) { $1 }
  }

  /// The words of a path, put together.
  private static func identifier(of route: Route) -> String {
    let words = route.rawValue.split { !$0.isLetter && !$0.isNumber }
    return words.isEmpty ? "Page" : words.map { $0.prefix(1).uppercased() + $0.dropFirst() }.joined()
  }

  private func parameters(of route: Route) -> [JSONValue] {
    var parameters: [JSONValue] = []
    for (name, values) in [("name", responder.models.map(\.name)), ("version", responder.models.map(\.version))]
    where route.rawValue.contains("{\(name)}") {
      let values = values.reduce(into: [String]()) { if !$0.contains($1) { $0.append($1) } }
      parameters.append([
        "name": .text(name), "in": "path", "required": true,
        "schema": ["type": "string", "enum": .array(values.map { .text($0) })],
      ])
    }
    if [.inference, .versionInference].contains(route) {
      parameters.append([
        "name": .text(HTTPFields.jsonLengthName), "in": "header", "schema": ["type": "integer", "minimum": 0],
        "description": "How many bytes of the body are JSON; tensors follow as they are. Without it all of them are.",
      ])
    }
    return parameters
  }

  private func responses(at route: Route, isHead: Bool) -> [String: JSONValue] {
    var responses = ["200": Self.answer(at: route)]
    if !route.isOpen { responses["401"] = Self.refusal(401) }
    // Those who supervise are never told to wait; that the server is about to end they are.
    if ![.live, .serverLive].contains(route) { responses["503"] = Self.refusal(503) }
    if !route.isOpen || route == .page { responses["429"] = Self.refusal(429) }
    if route.rawValue.contains("{name}") || route == .prediction { responses["404"] = Self.refusal(404) }
    if route.methods.contains(.post) {
      for status in [400, 408, 413, 415, 422, 504] { responses["\(status)"] = Self.refusal(status) }
    }
    guard isHead else { return responses }
    return responses.mapValues { response in
      guard case .object(var members) = response else { return response }
      members["content"] = nil
      return .object(members)
    }
  }

  private static func refusal(_ status: Int) -> JSONValue {
    var response: [String: JSONValue] = [
      "description": .text(reasons[status] ?? "Refused."), "content": content("application/json", "Refusal"),
    ]
    if [429, 503].contains(status) {
      response["headers"] = [
        "Retry-After": ["required": true, "schema": ["type": "integer"], "description": "Seconds to wait."]
      ]
    }
    return .object(response)
  }

  private static let reasons = [
    400: "There is no picture, or the request is malformed.", 401: "The server asks for a token, and this is not it.",
    404: "There is no such model or version.", 408: "The body took too long.",
    413: "The body, a picture or the number of pictures is too large.",
    415: "This is no picture, or of a kind that is not read.",
    422: "The picture is damaged.", 429: "The address has too many requests under way already.",
    503: "Too much is under way already, or the server is about to end.", 504: "The picture was not judged in time.",
  ]

  static func content(_ type: String, _ schema: String) -> JSONValue {
    [type: ["schema": ["$ref": "#/components/schemas/\(schema)"]]]
  }
}
