import HTTPTypes

/// The raw values are path templates. They match requests, label metrics, and are the paths of the OpenAPI description.
package enum Route: String, CaseIterable, Sendable {
  case page = "/"
  case live = "/health/live"
  case ready = "/health/ready"
  case health = "/health"
  case metrics = "/metrics"
  case openAPI = "/openapi.json"
  case prediction = "/predict"
  case models = "/models"
  case modelPrediction = "/models/{name}/predict"
  case explanation = "/models/{name}/explain"
  case server = "/v2"
  case serverLive = "/v2/health/live"
  case serverReady = "/v2/health/ready"
  case model = "/v2/models/{name}"
  case modelReady = "/v2/models/{name}/ready"
  case inference = "/v2/models/{name}/infer"
  case version = "/v2/models/{name}/versions/{version}"
  case versionReady = "/v2/models/{name}/versions/{version}/ready"
  case versionInference = "/v2/models/{name}/versions/{version}/infer"

  var methods: [HTTPRequest.Method] {
    switch self {
    case .prediction, .modelPrediction, .explanation: [.post, .put]
    case .inference, .versionInference: [.post]
    default: [.get, .head]
    }
  }

  /// Whether the route never requires the bearer token: the demo page, which has a field for it, and health checks.
  var isOpen: Bool { [.page, .health, .live, .ready, .serverLive, .serverReady].contains(self) }

  /// A route and the values of its template's parameters in a path.
  struct Match {
    let route: Route
    let parameters: [String: String]
  }

  static func match(_ path: [String]) -> Match? {
    for (route, template) in templates where template.count == path.count {
      var parameters: [String: String] = [:]
      let isMatch = zip(template, path).allSatisfy { part, value in
        guard part.hasPrefix("{") else { return part == value }
        parameters[String(part.dropFirst().dropLast())] = value
        return true
      }
      if isMatch { return Match(route: route, parameters: parameters) }
    }
    return nil
  }

  private static let templates = allCases.map { ($0, $0.rawValue.split(separator: "/").map(String.init)) }
}
