import HTTPTypes
import PerceptIO

/// The OpenAPI 3.1 description of a server: its routes and the models that it currently serves.
struct OpenAPIDescription {
  private let responder: PredictionResponder

  init(_ responder: PredictionResponder) { self.responder = responder }

  var json: JSONValue {
    [
      "openapi": "3.1.0",
      "info": [
        "title": "Percept", "version": .text(Program.version),
        "license": ["name": "Apache 2.0", "identifier": "Apache-2.0"],
        "description": "Classifies images with models trained by Percept. Errors are JSON with a reason.",
      ],
      // No token, if the server was started without one, or the bearer token.
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
      case .prediction, .modelPrediction, .explanation: operation["requestBody"] = Self.image
      case .inference, .versionInference: operation["requestBody"] = Self.inference
      default: break
      }
      return (name, JSONValue.object(operation))
    }
    return Dictionary(uniqueKeysWithValues: operations).merging(["parameters": .array(parameters(of: route))]) { $1 }
  }

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
        "description": """
        The length of the JSON at the start of the body, in bytes. Binary tensor data follow it. Without this header, \
        the whole body is JSON.
        """,
      ])
    }
    return parameters
  }

  private func responses(at route: Route, isHead: Bool) -> [String: JSONValue] {
    var responses = ["200": Self.answer(at: route)]
    if !route.isOpen { responses["401"] = Self.refusal(401) }
    if !isHealthCheck(route.rawValue) { responses["403"] = Self.refusal(403) }
    // Liveness is answered even during shutdown. Readiness is exempt from the limit per client, but gets 503.
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
      "description": .text(reasons[status] ?? "Error."), "content": content("application/json", "Refusal"),
    ]
    if [429, 503].contains(status) {
      response["headers"] = [
        "Retry-After": ["required": true, "schema": ["type": "integer"], "description": "Seconds to wait."]
      ]
    }
    return .object(response)
  }

  private static let reasons = [
    400: "The image is missing, or the request is malformed.", 401: "The bearer token is missing or wrong.",
    403: "The Host header is not a name of the server.", 404: "The model or version does not exist.",
    408: "The body did not arrive in time.",
    413: "The body or an image is too large, or there are too many images.",
    415: "The body is not an image in a supported format, or has a Content-Encoding.",
    422: "The image is damaged.", 429: "The client's address has too many requests in flight or open connections.",
    503: "The server is busy or shutting down.", 504: "The prediction was not finished in time.",
  ]

  static func content(_ type: String, _ schema: String) -> JSONValue {
    [type: ["schema": ["$ref": "#/components/schemas/\(schema)"]]]
  }
}
