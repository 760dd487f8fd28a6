extension OpenAPIDescription {
  static func summary(of route: Route) -> String {
    switch route {
    case .page: "A page to try the models"
    case .live, .serverLive: "Whether the server runs"
    case .ready, .serverReady: "Whether the server takes requests"
    case .metrics: "What the server counts, for Prometheus"
    case .openAPI: "This description"
    case .prediction: "The class of a picture, by the only model"
    case .modelPrediction: "The class of a picture"
    case .server: "Name and version of the server"
    case .model, .version: "Inputs, outputs and classes of a model"
    case .modelReady, .versionReady: "Whether a model takes requests"
    case .inference, .versionInference: "The classes of pictures, by the Open Inference Protocol"
    }
  }

  static func answer(at route: Route) -> JSONValue {
    ["description": "The answer.", "content": answerContent(at: route)]
  }

  private static func answerContent(at route: Route) -> JSONValue {
    switch route {
    case .page: ["text/html": ["schema": ["type": "string"]]]
    case .live, .ready: content("application/json", "Health")
    case .metrics: ["text/plain": ["schema": ["type": "string"]]]
    case .openAPI: ["application/json": ["schema": ["type": "object", "required": ["openapi", "info", "paths"]]]]
    case .prediction, .modelPrediction: content("application/json", "Prediction")
    case .server: content("application/json", "Server")
    case .serverLive: content("application/json", "Liveness")
    case .serverReady: content("application/json", "Readiness")
    case .model, .version: content("application/json", "Model")
    case .modelReady, .versionReady: content("application/json", "ModelReadiness")
    case .inference, .versionInference:
      [
        "application/json": ["schema": ["$ref": "#/components/schemas/InferenceResponse"]],
        // The JSON, with the parameter binary_data_size for data, and behind it the tensors.
        "application/octet-stream": [:],
      ]
    }
  }

  /// A picture as it is, whose kind its content tells, or as a form sends it.
  static let image: JSONValue = [
    "required": true,
    "description": "One picture. Its content tells its kind; Content-Type matters only for forms.",
    "content": [
      "image/jpeg": [:], "image/png": [:], "image/webp": [:], "image/heic": [:], "image/avif": [:],
      "multipart/form-data": [
        "schema": [
          "type": "object", "required": ["image"], "properties": ["image": ["type": "string", "format": "binary"]],
        ],
        "encoding": ["image": ["contentType": "image/*"]],
      ],
    ],
  ]

  static let inference: JSONValue = [
    "required": true,
    "description": "What Content-Type says does not matter, but whether Inference-Header-Content-Length is there.",
    "content": [
      "application/json": ["schema": ["$ref": "#/components/schemas/InferenceRequest"]],
      "application/octet-stream": [:],
    ],
  ]
}
