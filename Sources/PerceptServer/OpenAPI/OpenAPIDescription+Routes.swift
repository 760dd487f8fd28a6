import PerceptIO

extension OpenAPIDescription {
  static func summary(of route: Route) -> String {
    switch route {
    case .page: "Get a page to try the models"
    case .live, .serverLive: "Check that the server is running"
    case .health, .ready, .serverReady: "Check that the server accepts requests"
    case .metrics: "Get metrics in the format of Prometheus"
    case .openAPI: "Get this description"
    case .prediction: "Classify an image with the only model"
    case .modelPrediction: "Classify an image with a model"
    case .explanation: "Classify an image, and show what the answer is based on"
    case .models: "List the models"
    case .server: "Get the name and version of the server"
    case .model, .version: "Get the inputs, outputs and classes of a model"
    case .modelReady, .versionReady: "Check that a model accepts requests"
    case .inference, .versionInference: "Classify images with the Open Inference Protocol"
    }
  }

  static func answer(at route: Route) -> JSONValue {
    ["description": "Success.", "content": answerContent(at: route)]
  }

  private static func answerContent(at route: Route) -> JSONValue {
    switch route {
    case .page: ["text/html": ["schema": ["type": "string"]]]
    case .health, .live, .ready: content("application/json", "Health")
    case .metrics: ["text/plain": ["schema": ["type": "string"]]]
    case .openAPI: ["application/json": ["schema": ["type": "object", "required": ["openapi", "info", "paths"]]]]
    case .prediction, .modelPrediction: content("application/json", "Prediction")
    case .explanation: content("application/json", "Explanation")
    case .models: content("application/json", "Models")
    case .server: content("application/json", "Server")
    case .serverLive: content("application/json", "Liveness")
    case .serverReady: content("application/json", "Readiness")
    case .model, .version: content("application/json", "Model")
    case .modelReady, .versionReady: content("application/json", "ModelReadiness")
    case .inference, .versionInference:
      [
        "application/json": ["schema": ["$ref": "#/components/schemas/InferenceResponse"]],
        // The JSON, with the parameter binary_data_size instead of data, followed by the binary tensor data.
        "application/octet-stream": [:],
      ]
    }
  }

  static let image: JSONValue = [
    "required": true,
    "description": "An image. Its format is detected from its content; Content-Type matters only for forms.",
    "content": [
      "image/jpeg": [:], "image/png": [:], "image/webp": [:], "image/heic": [:], "image/avif": [:],
      "image/tiff": [:], "image/gif": [:], "image/bmp": [:], "image/x-portable-anymap": [:],
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
    "description": """
    An inference request. With the header Inference-Header-Content-Length, binary tensor data follow the JSON; \
    without it, the whole body is JSON. Content-Type is ignored.
    """,
    "content": [
      "application/json": ["schema": ["$ref": "#/components/schemas/InferenceRequest"]],
      "application/octet-stream": [:],
    ],
  ]
}
