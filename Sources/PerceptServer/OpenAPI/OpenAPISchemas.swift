import PerceptIO

enum OpenAPISchemas {
  static let all: [String: JSONValue] = [
    "Refusal": object(["error": ["type": "string", "minLength": 1]]),
    "Health": object(["status": ["enum": ["live", "ready"]]]),
    "Liveness": object(["live": ["type": "boolean"]]),
    "Readiness": object(["ready": ["type": "boolean"]]),
    "ModelReadiness": object(["name": text, "ready": ["type": "boolean"]]),
    "Prediction": object([
      "model": text, "class": text, "probability": probability,
      "probabilities": ["type": "object", "additionalProperties": probability],
    ]),
    "Explanation": object([
      "model": text, "class": text, "probability": probability,
      "probabilities": ["type": "object", "additionalProperties": probability], "image": dataURI, "map": dataURI,
    ]),
    "Models": object(["models": array(object(["name": text, "version": text, "classes": array(text)]))]),
    "Server": object(["name": text, "version": text, "extensions": array(text)]),
    "Model": object([
      "name": text, "versions": array(text), "platform": text, "inputs": array(tensor), "outputs": array(tensor),
      "parameters": object(["classes": array(text), "height": size, "width": size, "channels": ["enum": [1, 3]]]),
    ]),
    "InferenceRequest": object(
      [
        "id": optional("string"), "parameters": outputParameters("binary_data_output"),
        "inputs": [
          "type": "array", "minItems": 1, "maxItems": 1,
          "items": ["oneOf": [encodedInput, pixelInput("UINT8"), pixelInput("FP32")]],
        ],
        "outputs": [
          "type": ["array", "null"], "maxItems": 3,
          "items": object(
            ["name": outputName, "parameters": outputParameters("binary_data")], optional: ["parameters"]),
        ],
      ], optional: ["id", "parameters", "outputs"]),
    "Texts": nested(["type": "string", "contentEncoding": "base64"], "Texts"),
    "Bytes": nested(["type": "integer", "minimum": 0, "maximum": 255], "Bytes"),
    "Pixels": nested(["type": "number", "minimum": 0, "maximum": 1], "Pixels"),
    "InferenceResponse": object(
      ["id": text, "model_name": text, "model_version": text, "outputs": array(output)], optional: ["id"]),
  ]

  private static let dataURI: JSONValue = ["type": "string", "pattern": "^data:image/(png|jpeg);base64,"]
  private static let text: JSONValue = ["type": "string"]
  private static let size: JSONValue = ["type": "integer", "minimum": 1]
  private static let probability: JSONValue = ["type": "number", "minimum": 0, "maximum": 1]
  private static let outputName: JSONValue = ["enum": .array(OutputTensor.Name.allCases.map { .text($0.rawValue) })]
  private static let tensor = object([
    "name": text, "datatype": text, "shape": array(["type": "integer", "minimum": -1]),
  ])

  private static let output: JSONValue = [
    "oneOf": .array(
      OutputTensor.Name.allCases.map { name in
        object([
          "name": ["const": .text(name.rawValue)], "datatype": ["const": .text(name.datatype)], "shape": array(size),
          "data": array(name == .class ? text : probability),
        ])
      })
  ]

  private static let encodedInput = input(
    "BYTES", data: "Texts",
    shape: [
      "type": "array", "prefixItems": [size, ["const": 1]], "minItems": 1, "maxItems": 2,
      "description": "The number of images, optionally followed by 1.",
    ])

  private static func pixelInput(_ datatype: String) -> JSONValue {
    input(
      datatype, data: datatype == "UINT8" ? "Bytes" : "Pixels",
      shape: [
        "oneOf": [
          ["type": "array", "items": size, "minItems": 2, "maxItems": 2],
          ["type": "array", "items": size, "minItems": 4, "maxItems": 4],
        ],
        "description": "The number of images, then the model's height, width and channels, or their product.",
      ])
  }

  private static func input(_ datatype: String, data: String, shape: JSONValue) -> JSONValue {
    object(
      [
        "name": ["const": .text(InputImages.inputName)], "datatype": ["const": .text(datatype)], "shape": shape,
        "data": ["$ref": "#/components/schemas/\(data)"],
        // Binary tensor data have this parameter instead of data.
        "parameters": ["type": ["object", "null"], "properties": ["binary_data_size": ["type": "null"]]],
      ], optional: ["parameters"])
  }

  private static func outputParameters(_ name: String) -> JSONValue {
    ["type": ["object", "null"], "properties": .object([name: optional("boolean")])]
  }

  /// Returns the schema of a flat or nested array of values.
  private static func nested(_ value: JSONValue, _ name: String) -> JSONValue {
    ["type": "array", "minItems": 1, "items": ["anyOf": [value, ["$ref": "#/components/schemas/\(name)"]]]]
  }

  private static func optional(_ type: String) -> JSONValue { ["type": [.text(type), "null"]] }

  private static func array(_ items: JSONValue) -> JSONValue { ["type": "array", "items": items] }

  private static func object(_ properties: [String: JSONValue], optional: Set<String> = []) -> JSONValue {
    let required = properties.keys.filter { !optional.contains($0) }.sorted()
    return ["type": "object", "required": .array(required.map { .text($0) }), "properties": .object(properties)]
  }
}
